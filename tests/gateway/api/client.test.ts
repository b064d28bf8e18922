/** The typed client against the gateway's own server, over sockets, with and without TLS. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bodyOf, createClient, withCookie } from "#gateway/api/client.ts";
import { allowedHosts, serveHttp } from "#gateway/api/serve.ts";
import { listenHttp } from "#gateway/api/server.ts";
import type { HttpServer } from "#gateway/api/server.ts";
import { createTestClock } from "./clock.ts";
import { BOARD } from "./home.ts";
import { createHousehold, PASSWORD } from "./household.ts";
import type { Household } from "./household.ts";

describe("the typed client", () => {
  let home: Household;
  let server: HttpServer;
  let origin: string;
  before(async () => {
    home = await createHousehold(createTestClock());
    server = await listenHttp({ app: home.app, host: "127.0.0.1", port: 0 });
    origin = `http://127.0.0.1:${server.port}`;
  });
  after(async () => {
    await server.close();
    await home.close();
  });

  it("reads with a token what the API's schemas say", async () => {
    const { secret } = await home.access.tokens.create({
      accountId: home.accountIds.owner,
      name: "cli",
      scope: "read",
      expiresUtcMs: null,
    });
    const client = createClient(origin, { token: secret });
    const { items } = await bodyOf(client.latest.$get());
    assert.deepEqual(
      items.map(({ boardId, meter }) => [boardId, meter]),
      [
        [BOARD, 0],
        [BOARD, 1],
      ],
    );
    const page = await bodyOf(client.readings.$get({ query: { limit: "3" } }));
    assert.equal(page.items.length, 3);
    const refused = await client.accounts.$get();
    assert.equal(refused.status, 403);
    await assert.rejects(bodyOf(client.accounts.$get()), /403/);
  });

  it("logs in, changes something, and logs out, keeping the cookie as a browser does", async () => {
    const client = createClient(origin, { fetch: withCookie() });
    assert.equal((await client.node.$get()).status, 401);
    const account = await bodyOf(client.session.$post({ json: { name: "owner", password: PASSWORD } }));
    assert.equal(account.role, "owner");
    const token = await bodyOf(client.tokens.$post({ json: { name: "x", scope: "control" } }));
    assert.match(token.secret, /^daisee_/);
    const current = await client.accounts[":accountId"].$get({ param: { accountId: home.accountIds.member } });
    const put = { param: { accountId: home.accountIds.member }, json: { name: "member", role: "guest" as const } };
    assert.equal((await client.accounts[":accountId"].$put(put)).status, 428);
    const etag = current.headers.get("etag") ?? "";
    assert.equal((await client.accounts[":accountId"].$put(put, { headers: { "If-Match": etag } })).status, 200);
    assert.equal((await client.session.$delete()).status, 204);
    assert.equal((await client.node.$get()).status, 401);
  });

  it("is told by the gateway what is wrong with a password", async () => {
    const response = await createClient(origin).session.$post({ json: { name: "owner", password: "not it at all" } });
    assert.equal(response.status, 401);
    assert.match(await response.text(), /does not fit/);
  });
});

describe("the server's addresses", () => {
  it("are the loopback and the LAN's when the settings name it, on one port", async function () {
    // Stands for an address of the LAN: Linux has all of 127.0.0.0/8.
    const lan = "127.0.0.2";
    if (process.platform !== "linux") this.skip();
    const settings = { host: "127.0.0.1", port: 0, lan: { host: lan } };
    const home = await createHousehold(createTestClock(), "accounts", () => ({ allowedHosts: allowedHosts(settings) }));
    const server = await serveHttp(home.app, settings);
    for (const host of ["127.0.0.1", lan]) assert.equal((await fetch(`http://${host}:${server.port}/api/v1/access`)).status, 200, host);
    await server.close();
    await assert.rejects(fetch(`http://${lan}:${server.port}/api/v1/access`));
    await home.close();
  });

  it("take their certificate from files, and say which one is missing", async function () {
    if (spawnSync("openssl", ["version"]).status !== 0) this.skip();
    const folder = await mkdtemp(join(tmpdir(), "daisee-tls-"));
    const tls = { certPath: join(folder, "cert.pem"), keyPath: join(folder, "key.pem") };
    const home = await createHousehold(createTestClock(), "accounts", () => ({ transport: { isTls: true, hasProxy: false } }));
    const listen = () => listenHttp({ app: home.app, host: "127.0.0.1", port: 0, tls });
    await assert.rejects(listen(), /cert\.pem cannot be read: put the certificate there/);
    const made = [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "1",
      "-subj",
      "/CN=localhost",
    ];
    execFileSync("openssl", [...made, "-addext", "subjectAltName=DNS:localhost", "-out", tls.certPath, "-keyout", tls.keyPath], {
      stdio: "ignore",
    });
    const server = await listen();
    const ca = await readFile(tls.certPath);
    const cookie = await new Promise((resolve, reject) => {
      const headers = { "Content-Type": "application/json", "X-Daisee-Client": "test" };
      const sent = request(
        { host: "127.0.0.1", servername: "localhost", port: server.port, path: "/api/v1/session", method: "POST", ca, headers },
        (response) => {
          response.resume();
          resolve(response.headers["set-cookie"]?.[0]);
        },
      );
      sent.on("error", reject).end(JSON.stringify({ name: "guest", password: PASSWORD }));
    });
    assert.match(String(cookie), /^__Host-daisee_session_1=.*; Secure/);
    await server.close();
    await home.close();
    await rm(folder, { recursive: true });
  });
});
