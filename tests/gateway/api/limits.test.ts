/** What the application refuses before anybody's handler sees it. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { problemSchema } from "#gateway/api/problem.ts";
import { listenHttp } from "#gateway/api/server.ts";
import type { HttpServer } from "#gateway/api/server.ts";
import { createTestClock } from "./clock.ts";
import { createHousehold } from "./household.ts";
import type { Household } from "./household.ts";

describe("what is refused at the door", () => {
  let home: Household;
  let server: HttpServer;
  before(async () => {
    home = await createHousehold(createTestClock());
    server = await listenHttp({ app: home.app, host: "127.0.0.1", port: 0 });
  });
  after(async () => {
    await server.close();
    await home.close();
  });

  /** Sends bytes as they are and gives the answer's status. */
  function send(text: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const socket = connect(server.port, "127.0.0.1", () => socket.write(text));
      let answer = "";
      socket.setEncoding("latin1").on("data", (more: string) => {
        answer += more;
        if (!answer.includes("\r\n")) return;
        resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]));
        socket.destroy();
      });
      socket.on("error", reject);
      socket.on("close", () => reject(new Error(`no answer: ${answer}`)));
    });
  }

  async function headOf(method: string, path: string, more: Record<string, string>): Promise<string> {
    const headers = { Host: "127.0.0.1", "Content-Type": "application/json", ...(await home.headersOf("owner")), ...more };
    return `${method} ${path} HTTP/1.1\r\n${Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join("")}\r\n`;
  }

  it("is a body that is too long, by what is announced, before it is sent", async () => {
    assert.equal(await send(await headOf("POST", "/api/v1/tokens", { "Content-Length": "65537" })), 413);
  });

  it("is a body that is too long and does not say so", async () => {
    const chunk = `10000\r\n${" ".repeat(0x10000)}\r\n`;
    const chunked = await headOf("POST", "/api/v1/tokens", { "Transfer-Encoding": "chunked" });
    assert.equal(await send(`${chunked}${chunk}${chunk}0\r\n\r\n`), 413);
    const small = `1b\r\n{"name":"x","scope":"read"}\r\n0\r\n\r\n`;
    assert.equal(await send(`${chunked}${small}`), 201);
  });

  it("is a body of another type, or that is no JSON", async () => {
    const post = (type: string, body: string) =>
      home
        .headersOf("owner")
        .then((headers) => home.app.request("/api/v1/tokens", { method: "POST", headers: { ...headers, "Content-Type": type }, body }));
    assert.equal((await post("text/plain", '{"name":"x","scope":"read"}')).status, 415);
    assert.equal((await post("application/x-www-form-urlencoded", "name=x&scope=read")).status, 415);
    assert.equal((await post("application/json", "{")).status, 400);
    assert.equal((await post("application/json", '{"name":"x","scope":"read","colour":1}')).status, 400);
  });

  it("says what was expected and what came, and keeps secrets to itself", async () => {
    const response = await home.ask("owner", "POST", "/accounts", { name: "-", password: "hunter2", role: "king" });
    const { errors = [] } = problemSchema.parse(await response.json());
    const byName = new Map(errors.map((error) => [error.name, error]));
    assert.match(byName.get("role")?.expected ?? "", /owner/);
    assert.equal(byName.get("role")?.got, '"king"');
    assert.equal(byName.get("password")?.got, "(not shown)");
    assert.match(byName.get("password")?.expected ?? "", /at least 10/);
  });

  it("is a host name that is not the gateway's, however somebody is logged in", async () => {
    assert.equal(await send(await headOf("GET", "/api/v1/node", { Host: "evil.example" })), 421);
    assert.equal(await send(await headOf("GET", "/api/v1/node", { Host: "127.0.0.1" })), 200);
  });

  it("is a path that leads out of the folders of files", async () => {
    for (const path of [
      "/api/docs/../../../package.json",
      "/api/docs/%2e%2e/package.json",
      "/api/docs/package.json",
      "/../store.sqlite",
      "/api/docs//etc/passwd",
      "/%2e%2e%2fstore.sqlite",
    ]) {
      assert.equal(await send(await headOf("GET", path, {})), 404, path);
    }
  });

  it("is a header that is no token", async () => {
    for (const authorization of ["Basic b3duZXI6eA==", "Bearer", "Bearer a b", `Bearer ${"x".repeat(300)}`, "token x"]) {
      const response = await home.app.request("/api/v1/node", { headers: { Authorization: authorization } });
      assert.equal(response.status, 401, authorization);
      assert.match(response.headers.get("www-authenticate") ?? "", /^Bearer/);
    }
  });
});

describe("the API's documentation", () => {
  it("is served from here, without a script in the page", async () => {
    const home = await createHousehold(createTestClock());
    const page = await home.app.request("/api/docs");
    const html = await page.text();
    assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
    assert.match(page.headers.get("content-security-policy") ?? "", /^default-src 'self'; img-src 'self' data:/);
    assert.doesNotMatch(html, /<script>|<style|\son\w+=|https?:/);
    for (const [, path] of html.matchAll(/(?:src|href)="([^"]+)"/g)) {
      assert.equal((await home.app.request(path ?? "")).status, 200, path);
    }
    assert.match(await (await home.app.request("/api/docs/start.js")).text(), /validatorUrl: null/);
    await home.close();
  });
});
