import assert from "node:assert/strict";
import { request } from "node:http";
import { SECURE_HEADERS } from "#gateway/api/secure.ts";
import { listenHttp } from "#gateway/api/server.ts";
import { createTestClock } from "./clock.ts";
import { createHome } from "./home.ts";
import type { Home } from "./home.ts";

describe("what guards the application", () => {
  let home: Home;
  before(async () => {
    home = await createHome(createTestClock(), { allowedHosts: ["Maple.local"] });
  });
  after(() => home.close());

  const ask = (host: string, path = "/api/v1/node") => home.app.request(path, { headers: { Host: host } });

  it("answers to the loopback's names and to the configured one, with or without a port", async () => {
    for (const host of ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "maple.local", "MAPLE.LOCAL:80"]) {
      assert.equal((await ask(host)).status, 200, host);
    }
  });

  it("refuses every other name, for data and for files (DNS rebinding)", async () => {
    const foreign = [
      "evil.example",
      "evil.example:8080",
      "localhost.evil.example",
      "127.0.0.1.evil.example",
      "192.168.1.5",
      "localhost:x",
      "a@localhost",
      "",
    ];
    for (const host of foreign) {
      for (const path of ["/api/v1/node", "/api/v1/stream", "/"]) assert.equal((await ask(host, path)).status, 421, `${host} ${path}`);
    }
  });

  it("refuses them over a socket too", async () => {
    const server = await listenHttp({ app: home.app, host: "127.0.0.1", port: 0 });
    const status = await new Promise((resolve, reject) => {
      const sent = request(
        { port: server.port, host: "127.0.0.1", path: "/api/v1/node", headers: { Host: "evil.example" } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      sent.on("error", reject).end();
    });
    assert.equal(status, 421);
    await server.close();
  });

  it("lets a page load from this origin only, and be framed by none", async () => {
    for (const path of ["/", "/api/v1/node", "/nothing"]) {
      const { headers } = await ask("localhost", path);
      assert.match(headers.get("content-security-policy") ?? "", /default-src 'self'/);
      assert.match(headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/);
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.equal(headers.get("referrer-policy"), "no-referrer");
      assert.equal(headers.get("access-control-allow-origin"), null);
      for (const [name, value] of Object.entries(SECURE_HEADERS)) assert.equal(headers.get(name), value, `${path} ${name}`);
    }
  });
});

describe("the dashboard's files", () => {
  let home: Home;
  before(async () => {
    home = await createHome(createTestClock());
  });
  after(() => home.close());

  it("are served with their types, index.html at the root", async () => {
    const root = await home.app.request("/");
    assert.equal(root.headers.get("content-type"), "text/html; charset=utf-8");
    assert.equal(await root.text(), await (await home.app.request("/index.html")).text());
    assert.equal((await home.app.request("/main.js")).headers.get("content-type"), "text/javascript; charset=utf-8");
  });

  it("are not sent again to a browser that has them", async () => {
    const etag = (await home.app.request("/main.js")).headers.get("etag") ?? "";
    assert.match(etag, /^"[\w-]+"$/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const again = await home.app.request("/main.js", { headers: { "If-None-Match": known } });
      assert.equal(again.status, 304, known);
      assert.equal(await again.text(), "");
    }
    assert.equal((await home.app.request("/main.js", { headers: { "If-None-Match": '"other"' } })).status, 200);
  });

  it("are all there is: no path leads out of the folder", async () => {
    for (const path of ["/../store.sqlite", "/%2e%2e/store.sqlite", "/..%2fstore.sqlite", "//store.sqlite", "/.", "/web/index.html"]) {
      const response = await home.app.request(`http://localhost${path}`);
      assert.doesNotMatch(await response.text(), /SQLite format/);
    }
  });

  it("must have been built", async () => {
    await assert.rejects(createHome(createTestClock(), { webDir: "/nonexistent" }), /build the dashboard first/);
  });
});
