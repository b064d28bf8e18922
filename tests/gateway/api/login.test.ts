import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import sinon from "sinon";
import { createApp } from "#gateway/api/app.ts";
import { problemSchema } from "#gateway/api/problem.ts";
import { createAccess } from "#gateway/auth/access.ts";
import { createTestClock } from "./clock.ts";
import { createHome } from "./home.ts";
import { COOKIE, createHousehold, PASSWORD } from "./household.ts";
import type { Household } from "./household.ts";

/** Name, value and attributes of the cookie that an answer sets. */
function cookieOf(response: Response): { name: string; value: string; attributes: string[] } {
  const [cookie, ...others] = response.headers.getSetCookie();
  assert.ok(cookie !== undefined && others.length === 0);
  const [pair = "", ...attributes] = cookie.split("; ");
  const [name = "", value = ""] = pair.split("=");
  return { name, value, attributes: attributes.map((one) => one.replace(/^Max-Age=\d+$/, "Max-Age")).sort() };
}

async function problemOf(response: Response) {
  return problemSchema.parse(await response.json());
}

describe("logging in", () => {
  const clock = createTestClock();
  let home: Household;
  before(async () => {
    home = await createHousehold(clock);
  });
  // Attempts in vain are forgotten then.
  beforeEach(() => home.restart());
  after(() => home.close());

  const logIn = (name: string, password: string, headers: Record<string, string> = {}) =>
    home.ask("nobody", "POST", "/session", { name, password }, headers);
  const withCookie = (value: string, path = "/node", method = "GET") =>
    home.app.request(`/api/v1${path}`, { method, headers: { Cookie: `${COOKIE}=${value}`, "X-Daisee-Client": "test" } });

  it("gives a cookie that no script and no other site gets", async () => {
    const response = await logIn("owner", PASSWORD);
    assert.equal(response.status, 201);
    const { name, value, attributes } = cookieOf(response);
    assert.equal(name, COOKIE);
    assert.deepEqual(attributes, ["HttpOnly", "Max-Age", "Path=/", "SameSite=Strict"]);
    assert.match(value, /^[\w-]{43}$/);
    assert.equal((await withCookie(value)).status, 200);
  });

  it("marks it Secure, under a name that needs it, with TLS and behind a proxy that speaks it", async () => {
    const { access, options } = home;
    const request = {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Daisee-Client": "test" },
      body: JSON.stringify({ name: "owner", password: PASSWORD }),
    };
    const overTls = createApp({ ...options, access, transport: { isTls: true, hasProxy: false } });
    const first = await overTls.request("/api/v1/session", request);
    assert.deepEqual([cookieOf(first).name, cookieOf(first).attributes.includes("Secure")], [`__Host-${COOKIE}`, true]);

    const proxied = createApp({ ...options, access, transport: { isTls: false, hasProxy: true } });
    const forwarded = {
      ...request,
      headers: { ...request.headers, "X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7, 192.0.2.44" },
    };
    const socket = (remoteAddress: string) => ({ incoming: { socket: { remoteAddress } } }) as never;
    assert.equal(cookieOf(await proxied.request("/api/v1/session", forwarded, socket("127.0.0.1"))).name, `__Host-${COOKIE}`);
    // The last address is the one that the proxy saw; whoever is no proxy of this machine is not believed.
    assert.ok(access.sessions.list().some(({ address }) => address === "192.0.2.44"));
    assert.equal(cookieOf(await proxied.request("/api/v1/session", forwarded, socket("192.0.2.9"))).name, COOKIE);
    assert.ok(access.sessions.list().some(({ address }) => address === "192.0.2.9"));
  });

  it("tells a wrong name and a wrong password in the same words", async () => {
    const [name, password] = await Promise.all([logIn("nobody here", PASSWORD), logIn("owner", "wrong password")]);
    assert.deepEqual([name.status, password.status], [401, 401]);
    assert.deepEqual(await problemOf(name), await problemOf(password));
  });

  it("locks a name for an address after five attempts in vain, each time for longer, and lets others in", async () => {
    const timers = sinon.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: Date.now() });
    try {
      const locks: number[] = [];
      for (let round = 0; round < 3; round++) {
        let status = 401;
        let tries = 0;
        while (status === 401) {
          const response = await logIn("owner", "wrong password");
          ({ status } = response);
          if (status === 429) locks.push(Number(response.headers.get("retry-after")));
          else tries += 1;
        }
        assert.equal(tries, round === 0 ? 5 : tries);
        // The right password does not help while it is locked.
        assert.equal((await logIn("Owner", PASSWORD)).status, 429);
        assert.equal((await logIn("member", PASSWORD)).status, 201);
        await timers.tickAsync((locks.at(-1) ?? 0) * 1000 + 1000);
      }
      assert.deepEqual(locks, [30, 60, 120]);
      assert.equal((await logIn("owner", PASSWORD)).status, 201);
    } finally {
      timers.restore();
    }
  });

  it("counts attempts made at the same time like attempts one after the other", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => logIn("owner", "wrong password")));
    const wrong = answers.filter(({ status }) => status === 401).length;
    assert.ok(wrong <= 5, String(wrong));
    assert.ok(answers.every(({ status }) => [401, 429].includes(status)));
  });

  it("refuses what a page of another site sends, whatever its form", async () => {
    const { value } = cookieOf(await logIn("owner", PASSWORD));
    const form = { Cookie: `${COOKIE}=${value}` };
    const forged: Record<string, string>[] = [
      // A form or a simple fetch has no header of ours.
      { ...form, "Content-Type": "application/json" },
      { ...form, "Content-Type": "application/x-www-form-urlencoded", Origin: "https://evil.example" },
      // Another program on this machine is the same site to a browser.
      { ...form, "Content-Type": "application/json", "X-Daisee-Client": "x", Origin: "http://localhost:9999" },
      { ...form, "Content-Type": "application/json", "X-Daisee-Client": "x", Origin: "https://evil.example" },
      { ...form, "Content-Type": "application/json", "X-Daisee-Client": "x", Origin: "null" },
      { "Content-Type": "application/json", "X-Daisee-Client": "x", Origin: "https://evil.example" },
    ];
    for (const headers of forged.slice(0, 5)) {
      const response = await home.app.request("/api/v1/tokens", { method: "POST", headers, body: '{"name":"x","scope":"admin"}' });
      assert.equal(response.status, 403, JSON.stringify(headers));
      assert.match((await problemOf(response)).type, /cross-site$/);
    }
    // Logging the visitor in as somebody else is a change too.
    const login = await home.app.request("/api/v1/session", {
      method: "POST",
      headers: forged[5] ?? {},
      body: JSON.stringify({ name: "guest", password: PASSWORD }),
    });
    assert.equal(login.status, 403);
    assert.ok(home.access.tokens.list().every(({ name }) => name !== "x"));
    const own = await home.app.request("/api/v1/tokens", {
      method: "POST",
      headers: { ...form, "Content-Type": "application/json", "X-Daisee-Client": "x", Origin: "http://localhost" },
      body: '{"name":"x","scope":"admin"}',
    });
    assert.equal(own.status, 201);
  });

  it("gives a new secret every hour; the old one works for a minute more, and then no more", async () => {
    const { value: first } = cookieOf(await logIn("owner", PASSWORD));
    clock.advance(3_600_001);
    const renewed = cookieOf(await withCookie(first));
    assert.notEqual(renewed.value, first);
    assert.deepEqual(renewed.attributes, ["HttpOnly", "Max-Age", "Path=/", "SameSite=Strict"]);
    assert.equal((await withCookie(first)).status, 200);
    assert.equal((await withCookie(renewed.value)).headers.getSetCookie().length, 0);
    clock.advance(60_001);
    assert.equal((await withCookie(first)).status, 401);
    assert.equal((await withCookie(renewed.value)).status, 200);
  });

  it("ends a session that is not used for two weeks, and keeps one over a restart", async () => {
    const { value } = cookieOf(await logIn("owner", PASSWORD));
    await home.restart();
    assert.equal((await withCookie(value)).status, 200);
    clock.advance(14 * 24 * 3_600_000);
    assert.equal((await withCookie(value)).status, 401);
  });

  it("ends with logging out, and all others of the account with a new password", async () => {
    await home.access.accounts.add({ name: "Lou", password: PASSWORD, role: "member" });
    const [a, b] = [cookieOf(await logIn("Lou", PASSWORD)).value, cookieOf(await logIn("lou", PASSWORD)).value];
    assert.equal((await withCookie(a, "/session", "DELETE")).status, 204);
    assert.equal((await withCookie(a)).status, 401);
    const change = (oldPassword: string) =>
      home.app.request("/api/v1/session/password", {
        method: "PUT",
        headers: { Cookie: `${COOKIE}=${b}`, "X-Daisee-Client": "x", "Content-Type": "application/json" },
        body: JSON.stringify({ oldPassword, newPassword: "another long one" }),
      });
    assert.equal((await change("not this one")).status, 401);
    const changed = await change(PASSWORD);
    assert.equal(changed.status, 204);
    assert.equal((await withCookie(b)).status, 401);
    assert.equal((await withCookie(cookieOf(changed).value)).status, 200);
    assert.equal((await logIn("Lou", PASSWORD)).status, 401);
    assert.equal((await logIn("Lou", "another long one")).status, 201);
  });

  it("never shows a password: not in a refusal, not in the log of changes", async () => {
    const response = await home.ask("owner", "POST", "/accounts", { name: "Kim", password: "short", role: "guest" });
    const text = await response.text();
    assert.equal(response.status, 400);
    assert.doesNotMatch(text, /"short"/);
    await home.ask("owner", "POST", "/accounts", { name: "Kim", password: "a secret of Kim's", role: "guest" });
    assert.doesNotMatch(await (await home.ask("owner", "GET", "/audit")).text(), /a secret of Kim|argon2/);
  });
});

describe("the first account", () => {
  it("takes the code that the gateway printed, once", async () => {
    const clock = createTestClock();
    const home = await createHome(clock);
    const access = await createAccess({ store: home.store, clock, random: randomBytes, mode: "accounts" });
    const app = createApp({ ...home.options, access });
    const code = access.setupCode();
    assert.match(code ?? "", /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
    const setUp = (typed: string) =>
      app.request("/api/v1/setup", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Daisee-Client": "x" },
        body: JSON.stringify({ code: typed, name: "Mira", password: PASSWORD }),
      });
    const state = async () => (await app.request("/api/v1/access")).json();
    assert.deepEqual(await state(), { mode: "accounts", needsSetup: true, scope: null, account: null });
    assert.equal((await setUp("0000-0000-0000")).status, 401);
    // As somebody types it.
    const response = await setUp((code ?? "").toLowerCase().replaceAll("-", " "));
    assert.equal(response.status, 201);
    assert.equal(cookieOf(response).name, COOKIE);
    assert.equal((await setUp(code ?? "")).status, 409);
    assert.equal(access.setupCode(), null);
    assert.deepEqual(
      access.accounts.list().map(({ name, role }) => [name, role]),
      [["Mira", "owner"]],
    );
    await home.close();
  });

  it("is made once when two know the code", async () => {
    const clock = createTestClock();
    const home = await createHome(clock);
    const access = await createAccess({ store: home.store, clock, random: randomBytes, mode: "accounts" });
    const code = access.setupCode() ?? "";
    const origin = { address: "192.0.2.1", client: "" };
    const results = await Promise.all(["Ann", "Ben"].map((name) => access.setUp(code, name, PASSWORD, origin)));
    assert.equal(results.filter((result) => result?.kind === "in").length, 1);
    assert.equal((await home.store.accounts()).length, 1);
    await home.close();
  });

  it("does not come about by guessing", async () => {
    const clock = createTestClock();
    const home = await createHome(clock);
    const access = await createAccess({ store: home.store, clock, random: randomBytes, mode: "demo" });
    const origin = { address: "192.0.2.1", client: "" };
    const kinds = [];
    for (let i = 0; i < 6; i++) kinds.push((await access.setUp(`0000-0000-000${i}`, "Eve", PASSWORD, origin))?.kind);
    assert.deepEqual(kinds, ["wrong", "wrong", "wrong", "wrong", "wrong", "locked"]);
    await home.close();
  });
});
