import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Wallet, id } from "ethers";
import { startAnvil, type Anvil, type AnvilOptions } from "#chain/anvil.ts";
import { connectChain } from "#chain/provider.ts";
import { createRpc } from "#chain/rpc.ts";
import { savedTimes } from "#chain/state.ts";
import { transact } from "#chain/transact.ts";
import { createClock } from "#gateway/clock.ts";

const CHAIN_ID = 0x2323;
/** Blocks as often as the description allows. */
const FAST = { periodSeconds: 0.1 };
const NOON_MS = Date.UTC(2030, 0, 1, 12);

interface Block {
  number: number;
  timestamp: number;
  hash: string;
}

async function blockAt(anvil: Anvil, tag: string): Promise<Block> {
  // The cast: the standard's block.
  const block = (await createRpc(anvil.rpcUrl)("eth_getBlockByNumber", [tag, false])) as Record<keyof Block, string>;
  return { number: Number(block.number), timestamp: Number(block.timestamp), hash: block.hash };
}

/** Waits until the chain's head is what a test waits for. */
async function headWhere(anvil: Anvil, isIt: (head: Block) => boolean): Promise<Block> {
  for (;;) {
    const head = await blockAt(anvil, "latest");
    if (isIt(head)) return head;
    await delay(20);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("startAnvil", () => {
  let dir: string;
  let running: Anvil[];
  let nowMs: number;
  const clock = { nowMs: (): number => nowMs };

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "daisee-anvil-"));
    running = [];
    nowMs = NOON_MS;
  });
  afterEach(async () => {
    for (const anvil of running) await anvil.stop();
    await rm(dir, { recursive: true });
  });

  async function start(options: Partial<AnvilOptions> = {}): Promise<Anvil> {
    const anvil = await startAnvil({ port: 0, clock, description: FAST, ...options });
    running.push(anvil);
    return anvil;
  }

  async function stop(anvil: Anvil): Promise<void> {
    running.splice(running.indexOf(anvil), 1);
    await anvil.stop();
  }

  /** Sends a transaction that counts up a nonce; returns the account and where it was mined. */
  async function sendOne(anvil: Anvil): Promise<{ address: string; blockHash: string; hash: string }> {
    const provider = connectChain(anvil.rpcUrl, CHAIN_ID);
    const signer = new Wallet(id("sender"));
    try {
      // A clock that stands makes no blocks.
      const moving = setInterval(() => (nowMs += 1000), 100);
      const { blockHash, hash } = await transact({ provider, signer, to: signer.address, data: "0x", gasLimit: 30_000 });
      clearInterval(moving);
      return { address: signer.address, blockHash, hash };
    } finally {
      provider.destroy();
    }
  }

  describe("process", () => {
    it("picks a free port for port 0, answers there with the chain's id, and is gone after stop", async () => {
      const anvil = await start();
      assert.ok(anvil.port > 0);
      assert.equal(await createRpc(anvil.rpcUrl)("eth_chainId"), "0x2323");
      await stop(anvil);
      await anvil.stop();
      assert.equal(isAlive(anvil.pid), false);
      await assert.rejects(createRpc(anvil.rpcUrl)("eth_chainId"));
    });

    it("names a taken port and what to do, and leaves no process", async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      // The cast: a TCP server's address.
      const { port } = server.address() as AddressInfo;
      try {
        await assert.rejects(start({ port, statePath: join(dir, "state.json") }), new RegExp(`port ${port} is taken.*another port`));
      } finally {
        server.close();
      }
      assert.deepEqual(await readdir(dir), []);
    });

    it("reports an exit that nobody asked for, once, and none at stop", async () => {
      const exits: string[] = [];
      const died = await start({ onExit: (how) => exits.push(how) });
      process.kill(died.pid, "SIGKILL");
      while (exits.length === 0) await delay(10);
      await stop(died);
      assert.match(exits[0] ?? "", /anvil exited with SIGKILL/);
      await stop(await start({ onExit: (how) => exits.push(how) }));
      assert.equal(exits.length, 1);
    });

    it("offers no accounts, and is no use to a web page", async () => {
      const anvil = await start();
      assert.deepEqual(await createRpc(anvil.rpcUrl)("eth_accounts"), []);
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
      const origin = "http://example.org";
      const preflight = await fetch(anvil.rpcUrl, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });
      assert.equal(preflight.headers.get("access-control-allow-origin"), null);
      // What a page may send without asking first.
      const simple = await fetch(anvil.rpcUrl, { method: "POST", headers: { origin, "content-type": "text/plain" }, body });
      assert.doesNotMatch(await simple.text(), /"result"/);
    });

    it("refuses to keep a chain without a clock that outlives it", async () => {
      await assert.rejects(startAnvil({ port: 0, statePath: join(dir, "state.json") }), /needs a clock/);
    });
  });

  describe("time", () => {
    it("starts at the clock's time and stamps every block with it, however it jumps forward", async () => {
      const anvil = await start();
      assert.equal((await blockAt(anvil, "0x0")).timestamp, NOON_MS / 1000);
      for (const stepMs of [1000, 1500, 3_600_000, 86_400_000]) {
        nowMs += stepMs;
        const expected = Math.floor(nowMs / 1000);
        const head = await headWhere(anvil, ({ timestamp }) => timestamp >= expected);
        assert.equal(head.timestamp, expected);
      }
    });

    it("makes no block while the clock stands or runs backwards, and none twice in a second", async () => {
      const anvil = await start();
      nowMs += 10_000;
      const head = await headWhere(anvil, ({ number }) => number > 0);
      nowMs -= 5_000;
      await delay(350);
      assert.deepEqual(await blockAt(anvil, "latest"), head);
      nowMs += 5_999;
      await delay(350);
      assert.deepEqual(await blockAt(anvil, "latest"), head);
      nowMs += 1;
      assert.equal((await headWhere(anvil, ({ number }) => number > head.number)).number, head.number + 1);
    });

    for (const speed of [1, 60, 1000]) {
      it(`follows a clock of speed ${speed}: never ahead, never behind what was the clock at the block before`, async () => {
        const fast = createClock({ realOriginMs: Date.now(), utcOriginMs: NOON_MS, speed });
        const stamps: number[] = [];
        const asked = { nowMs: () => stamps[stamps.push(fast.nowMs()) - 1] ?? 0 };
        const anvil = await start({ clock: asked });
        for (let seen = 0; seen < 2; seen += 1) {
          const head = await headWhere(anvil, ({ number }) => number > seen);
          assert.ok(head.timestamp * 1000 <= fast.nowMs(), "not ahead");
          assert.ok(stamps.some((stamp) => Math.floor(stamp / 1000) === head.timestamp), "the clock's time, not anvil's");
          seen = Math.max(seen, head.number);
        }
      });
    }
  });

  describe("keeping", () => {
    const statePath = (): string => join(dir, "state.json");

    it("goes on from where it stopped: same genesis, blocks, receipts and nonces, the clock's time", async () => {
      const first = await start({ statePath: statePath() });
      const genesis = await blockAt(first, "0x0");
      const sent = await sendOne(first);
      const head = await blockAt(first, "latest");
      await stop(first);
      assert.deepEqual(await readdir(dir), ["state.json"]);

      nowMs += 7_200_000;
      const second = await start({ statePath: statePath() });
      assert.deepEqual(await blockAt(second, "0x0"), genesis);
      const next = await headWhere(second, ({ number }) => number > head.number);
      assert.equal(next.timestamp, Math.floor(nowMs / 1000));
      const rpc = createRpc(second.rpcUrl);
      assert.equal(await rpc("eth_getTransactionCount", [sent.address, "latest"]), "0x1");
      // The cast: the standard's receipt.
      const receipt = (await rpc("eth_getTransactionReceipt", [sent.hash])) as { blockHash: string };
      assert.equal(receipt.blockHash, sent.blockHash);
    });

    it("keeps one block 0, the first one, over many restarts", async () => {
      const hashes = new Set<string>();
      for (let run = 0; run < 3; run++) {
        const anvil = await start({ statePath: statePath() });
        hashes.add((await blockAt(anvil, "0x0")).hash);
        await sendOne(anvil);
        await stop(anvil);
        const { blocks } = JSON.parse(await readFile(statePath(), "utf8"));
        assert.equal(blocks.filter(({ header }: { header: { number: string } }) => Number(header.number) === 0).length, 1);
        nowMs += 5000;
      }
      assert.equal(hashes.size, 1);
    });

    it("has its genesis on disk before anyone can build on it", async () => {
      const first = await start({ statePath: statePath() });
      const genesis = await blockAt(first, "0x0");
      process.kill(first.pid, "SIGKILL");
      while (isAlive(first.pid)) await delay(10);
      await stop(first);
      const second = await start({ statePath: statePath() });
      assert.equal((await blockAt(second, "0x0")).hash, genesis.hash);
    });

    it("may lose blocks since the last save when killed, but goes on with a whole state", async () => {
      const first = await start({ statePath: statePath() });
      const { address } = await sendOne(first);
      process.kill(first.pid, "SIGKILL");
      while (isAlive(first.pid)) await delay(10);
      await stop(first);
      nowMs += 1000;
      const second = await start({ statePath: statePath() });
      // The outbox puts back what is lost: 0 is as right as 1 here.
      const nonce = Number(await createRpc(second.rpcUrl)("eth_getTransactionCount", [address, "latest"]));
      assert.ok(nonce === 0 || nonce === 1);
      const again = await sendOne(second);
      assert.equal(again.address, address);
    });

    it("leaves old empty blocks out of the file, but not block 0 and none with a transaction", async () => {
      const first = await start({ statePath: statePath() });
      const genesis = await blockAt(first, "0x0");
      const sent = await sendOne(first);
      const rpc = createRpc(first.rpcUrl);
      await rpc("anvil_mine", ["0x5dc"]);
      nowMs = (await blockAt(first, "latest")).timestamp * 1000;
      await stop(first);
      // The cast: anvil's dump.
      const { blocks } = JSON.parse(await readFile(statePath(), "utf8")) as { blocks: unknown[] };
      assert.ok(blocks.length >= 1002 && blocks.length < 1100, `${blocks.length} blocks`);

      nowMs += 1000;
      const second = await start({ statePath: statePath() });
      assert.equal((await blockAt(second, "0x0")).hash, genesis.hash);
      const rpc2 = createRpc(second.rpcUrl);
      const receipt = (await rpc2("eth_getTransactionReceipt", [sent.hash])) as { blockHash: string };
      assert.equal(receipt.blockHash, sent.blockHash);
      assert.deepEqual(await rpc2("eth_getLogs", [{ fromBlock: "0x0", toBlock: "latest" }]), []);
    });

    it("refuses to go on under a clock that is behind the chain, telling both times", async () => {
      const first = await start({ statePath: statePath() });
      nowMs += 60_000;
      const head = await headWhere(first, ({ number }) => number > 0);
      await stop(first);
      assert.equal((await savedTimes(statePath()))?.headUtcMs, head.timestamp * 1000);
      nowMs = NOON_MS;
      const refusal = /has come to 2030-01-01T12:01:00\.000Z, but the clock shows 2030-01-01T12:00:00\.000Z/;
      await assert.rejects(start({ statePath: statePath() }), refusal);
    });

    it("refuses a file that is no saved chain, naming it", async () => {
      await writeFile(statePath(), "{");
      await assert.rejects(start({ statePath: statePath() }), /state\.json is no saved chain/);
    });

    it("ends the process also when its state cannot be saved, and says so", async () => {
      const folder = await mkdtemp(join(dir, "sub-"));
      const anvil = await start({ statePath: join(folder, "state.json") });
      await rm(folder, { recursive: true });
      await assert.rejects(stop(anvil), /ENOENT/);
      assert.equal(isAlive(anvil.pid), false);
    });

    it("refuses a second process on the same chain while the first one runs", async () => {
      const first = await start({ statePath: statePath() });
      await assert.rejects(start({ statePath: statePath() }), new RegExp(`process ${process.pid} runs the chain`));
      assert.equal(isAlive(first.pid), true);
    });

    it("ends the anvil that a killed supervisor left behind, and goes on from its state", async () => {
      const child = fork(join(import.meta.dirname, "anvil-child.ts"), [statePath()], { execArgv: ["--import", "tsx"] });
      // The cast: what the child sends.
      const [orphan] = (await once(child, "message")) as [{ pid: number; rpcUrl: string }];
      const genesis = await createRpc(orphan.rpcUrl)("eth_getBlockByNumber", ["0x0", false]);
      child.kill("SIGKILL");
      await once(child, "exit");
      assert.equal(isAlive(orphan.pid), true, "it is an orphan now");
      const next = await start({ statePath: statePath() });
      await assert.rejects(createRpc(orphan.rpcUrl)("eth_chainId"));
      assert.deepEqual(await createRpc(next.rpcUrl)("eth_getBlockByNumber", ["0x0", false]), genesis);
    });

    it("leaves a stranger alone that got the process id of an earlier anvil", async () => {
      await writeFile(`${statePath()}.pid`, JSON.stringify({ pid: process.pid, supervisor: 2 ** 22 }));
      await start({ statePath: statePath() });
    });
  });
});
