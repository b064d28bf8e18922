import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { startRelay, type Relay } from "#chain/node/relay.ts";
import { createSocketRpc } from "#chain/socket-rpc.ts";

/** Posts with any headers; fetch would not send a foreign Host. */
function post(relay: Relay, body: string, headers: Record<string, string> = {}): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const sent = request({ port: relay.port, host: "127.0.0.1", method: "POST", headers: { "content-type": "application/json", ...headers } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (more: string) => (text += more)).on("end", () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
    });
    sent.on("error", reject).end(body);
  });
}

describe("the relay in front of a node's socket", () => {
  let dir: string;
  let node: Server;
  let relay: Relay;
  /** What reached the node. */
  let asked: { method: string; params: unknown }[];
  let answer: (method: string) => object | null;
  const path = (): string => join(dir, "node.ipc");

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "daisee-relay-"));
    asked = [];
    answer = (method) => ({ result: `of ${method}` });
    node = createServer((socket) => {
      socket.on("error", () => undefined).on("data", (data) => {
        const { id, method, params } = JSON.parse(data.toString());
        asked.push({ method, params });
        const said = answer(method);
        if (said === null) socket.destroy();
        // In two pieces, as a long answer comes.
        else {
          const text = `${JSON.stringify({ jsonrpc: "2.0", id, ...said })}\n`;
          socket.write(text.slice(0, 9));
          setImmediate(() => socket.write(text.slice(9)));
        }
      });
    }).listen(path());
    await once(node, "listening");
    relay = await startRelay(path(), 0);
  });
  afterEach(async () => {
    await relay.close();
    node.close();
    await rm(dir, { recursive: true });
  });

  const call = (method: string, headers?: Record<string, string>) => post(relay, JSON.stringify({ jsonrpc: "2.0", id: 7, method, params: ["0x1"] }), headers);

  it("passes on what gateways need, under the caller's own id", async () => {
    assert.deepEqual(await call("eth_getBalance"), { status: 200, body: { jsonrpc: "2.0", id: 7, result: "of eth_getBalance" } });
    assert.deepEqual(asked, [{ method: "eth_getBalance", params: ["0x1"] }]);
  });

  it("passes on a refusal whole: a contract's reason is in it", async () => {
    const error = { code: 3, message: "execution reverted", data: "0x08c379a0" };
    answer = () => ({ error });
    assert.deepEqual((await call("eth_call")).body, { jsonrpc: "2.0", id: 7, error });
  });

  it("lets nobody use an account, a vote or the administration", async () => {
    for (const method of ["eth_accounts", "eth_sendTransaction", "eth_sign", "personal_unlockAccount", "clique_propose", "admin_addPeer", "miner_stop", "debug_setHead", "toString"]) {
      const { body } = await call(method);
      assert.deepEqual(body, { jsonrpc: "2.0", id: 7, error: { code: -32601, message: `this node offers no ${method}` } });
    }
    assert.deepEqual(asked, []);
  });

  it("is no use to a web page, by its own name or by one that points here", async () => {
    assert.equal((await call("eth_chainId", { origin: "http://example.org" })).status, 403);
    assert.equal((await call("eth_chainId", { host: "rebound.example.org" })).status, 403);
    assert.equal((await call("eth_chainId", { host: "localhost:8545" })).status, 200);
    assert.equal(asked.length, 1);
  });

  it("refuses what is no request, and a flood", async () => {
    for (const wrong of ["", "{", "[]", "null", '{"method": 7}', '{"method": "eth_call", "params": {}}']) assert.equal((await post(relay, wrong)).status, 400, wrong);
    await assert.rejects(post(relay, JSON.stringify({ method: "eth_call", params: ["0".repeat(1_100_000)] })));
    assert.equal((await call("eth_chainId")).status, 200);
  });

  it("answers while the node is away, and again when it is back", async () => {
    answer = () => null;
    // The cast: JSON-RPC's error.
    const { error } = (await call("eth_chainId")).body as { error: { code: number; message: string } };
    assert.deepEqual([error.code, /does not answer/.test(error.message)], [-32603, true]);
    answer = () => ({ result: "0x2323" });
    assert.deepEqual((await call("eth_chainId")).body, { jsonrpc: "2.0", id: 7, result: "0x2323" });
  });

  it("is not needed by the node's operator, who can open the socket", async () => {
    const rpc = createSocketRpc(path());
    assert.equal(await rpc("clique_propose", ["0x1", true]), "of clique_propose");
    answer = () => ({ error: { code: -32601, message: "not here" } });
    await assert.rejects(rpc("qbft_x"), /qbft_x: not here/);
    await assert.rejects(createSocketRpc(join(dir, "nobody"))("eth_chainId"), /does not answer at .*nobody/);
  });
});
