import assert from "node:assert/strict";
import type { z } from "zod";
import { account, accountList, auditPage, createdToken, sessionList, tokenList } from "#gateway/api/schemas/access.ts";
import { createTestClock } from "./clock.ts";
import { createHousehold, PASSWORD } from "./household.ts";
import type { Household } from "./household.ts";

describe("accounts and tokens", () => {
  const clock = createTestClock();
  let home: Household;
  before(async () => {
    home = await createHousehold(clock);
  });
  after(() => home.close());

  async function made<Schema extends z.ZodType>(response: Response, schema: Schema, status = 201): Promise<z.infer<Schema>> {
    const body: unknown = await response.json();
    assert.equal(response.status, status, JSON.stringify(body));
    return schema.parse(body);
  }

  const newest = async () => auditPage.parse(await (await home.ask("owner", "GET", "/audit?limit=1")).json()).items[0];

  it("are added, changed and deleted by an owner, and each change is written down", async () => {
    const kim = await made(await home.ask("owner", "POST", "/accounts", { name: "Kim", password: PASSWORD, role: "guest" }), account);
    const added = await newest();
    assert.deepEqual([added?.actor, added?.action, added?.target, added?.before], ["owner", "account.create", kim.accountId, null]);
    assert.deepEqual(added?.after, kim);

    const path = `/accounts/${kim.accountId}`;
    const etag = (await home.ask("owner", "GET", path)).headers.get("etag") ?? "";
    const change = { name: "Kim B.", role: "member" };
    const changed = await home.ask("owner", "PUT", path, change, { "If-Match": etag });
    assert.deepEqual(await made(changed, account, 200), { ...kim, ...change });
    assert.equal(changed.headers.get("etag"), (await home.ask("owner", "GET", path)).headers.get("etag"));
    const entry = await newest();
    assert.deepEqual([entry?.action, entry?.before], ["account.change", kim]);

    assert.equal((await home.ask("owner", "DELETE", path)).status, 204);
    assert.equal((await home.ask("owner", "GET", path)).status, 404);
    assert.deepEqual([(await newest())?.action, (await newest())?.after], ["account.delete", null]);
  });

  it("are changed only by who has seen their state", async () => {
    const path = `/accounts/${home.accountIds.guest}`;
    const etag = (await home.ask("owner", "GET", path)).headers.get("etag") ?? "";
    assert.equal((await home.ask("owner", "PUT", path, { name: "guest", role: "guest" })).status, 428);
    assert.equal((await home.ask("owner", "PUT", path, { name: "Guest", role: "guest" }, { "If-Match": etag })).status, 200);
    assert.equal((await home.ask("owner", "PUT", path, { name: "guest", role: "member" }, { "If-Match": etag })).status, 412);
    assert.equal((await home.ask("owner", "PUT", path, { name: "guest", role: "guest" }, { "If-Match": "*" })).status, 200);
  });

  it("keep an owner, and names apart", async () => {
    const path = `/accounts/${home.accountIds.owner}`;
    assert.equal((await home.ask("owner", "PUT", path, { name: "owner", role: "guest" }, { "If-Match": "*" })).status, 409);
    assert.equal((await home.ask("owner", "DELETE", path)).status, 409);
    assert.equal((await home.ask("owner", "POST", "/accounts", { name: "OWNER", password: PASSWORD, role: "guest" })).status, 409);
    const names = accountList.parse(await (await home.ask("owner", "GET", "/accounts")).json()).items.map(({ name }) => name);
    assert.deepEqual(names, ["guest", "member", "owner"]);
  });

  it("lose their sessions and tokens with a lesser role, a new password, or their end", async () => {
    const kim = await made(await home.ask("owner", "POST", "/accounts", { name: "Kim", password: PASSWORD, role: "owner" }), account);
    const { secret } = await home.access.sessions.open(kim.accountId, { address: "192.0.2.1", client: "" });
    const token = await home.access.tokens.create({ accountId: kim.accountId, name: "t", scope: "admin", expiresUtcMs: null });
    const scopeNow = () => home.access.identify({ bearer: token.secret, cookie: undefined })?.scope ?? null;
    assert.equal(scopeNow(), "admin");
    await home.ask("owner", "PUT", `/accounts/${kim.accountId}`, { name: "Kim", role: "guest" }, { "If-Match": "*" });
    assert.equal(home.access.sessions.find(secret), null);
    // A token can do no more than the account that answers for it.
    assert.equal(scopeNow(), "read");
    await home.ask("owner", "DELETE", `/accounts/${kim.accountId}`);
    assert.equal(scopeNow(), null);
    await home.restart();
    assert.equal(scopeNow(), null);
  });

  it("show a token's secret once, keep its hash only, and end it at once when it is revoked", async () => {
    const token = await made(await home.ask("owner", "POST", "/tokens", { name: "Home Assistant", scope: "control" }), createdToken);
    assert.match(token.secret, /^daisee_[\w-]{43}$/);
    const ask = () => home.app.request("/api/v1/node", { headers: { Authorization: `Bearer ${token.secret}` } });
    assert.equal((await ask()).status, 200);
    const listed = await (await home.ask("owner", "GET", "/tokens")).text();
    assert.ok(!listed.includes(token.secret.slice(7)));
    assert.equal(tokenList.parse(JSON.parse(listed)).items.find(({ tokenId }) => tokenId === token.tokenId)?.lastUsedUtcMs, clock.nowMs());
    assert.ok(!JSON.stringify([await home.store.tokens(), await home.store.audit({ limit: 100 })]).includes(token.secret.slice(7)));
    await home.restart();
    assert.equal((await ask()).status, 200);
    assert.equal((await home.ask("owner", "DELETE", `/tokens/${token.tokenId}`)).status, 204);
    assert.equal((await ask()).status, 401);
    await home.restart();
    assert.equal((await ask()).status, 401);
  });

  it("end a token at its time, and take none that is over", async () => {
    const expiresUtcMs = clock.nowMs() + 60_000;
    const token = await made(
      await home.ask("owner", "POST", "/tokens", { name: "for a minute", scope: "read", expiresUtcMs }),
      createdToken,
    );
    const ask = () => home.app.request("/api/v1/node", { headers: { Authorization: `Bearer ${token.secret}` } });
    assert.equal((await ask()).status, 200);
    clock.advance(60_000);
    assert.equal((await ask()).status, 401);
    assert.equal((await home.ask("owner", "POST", "/tokens", { name: "late", scope: "read", expiresUtcMs })).status, 400);
  });

  it("do a POST that is sent again once, and refuse its key for another one", async () => {
    const send = (name: string, key: string) =>
      home.ask("token admin", "POST", "/tokens", { name, scope: "read" }, { "Idempotency-Key": key });
    const answers = await Promise.all([send("twice", "k1"), send("twice", "k1")]);
    const [first, second] = await Promise.all(answers.map(async (answer) => made(answer, createdToken)));
    assert.deepEqual(first, second);
    assert.equal(home.access.tokens.list().filter(({ name }) => name === "twice").length, 1);
    assert.equal((await send("another", "k1")).status, 409);
    assert.equal((await send("another", "k2")).status, 201);
    assert.equal((await send("x", "no space")).status, 400);
  });

  it("list one's own sessions to a guest and all to an owner, who can end any", async () => {
    const { session } = await home.access.sessions.open(home.accountIds.guest, { address: "192.0.2.7", client: "phone" });
    const own = sessionList.parse(await (await home.ask("guest", "GET", "/sessions")).json()).items;
    assert.ok(own.every(({ accountName }) => accountName === "guest"));
    assert.equal(own.filter(({ isCurrent }) => isCurrent).length, 1);
    assert.equal((await home.ask("member", "DELETE", `/sessions/${session.sessionId}`)).status, 404);
    assert.equal((await home.ask("owner", "DELETE", `/sessions/${session.sessionId}`)).status, 204);
    assert.ok(!home.access.sessions.has(session.sessionId));
  });

  it("list the log of changes in pages that together are all of it", async () => {
    const all = await home.store.audit({ limit: 1000 });
    const entries: number[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page: z.infer<typeof auditPage> = auditPage.parse(
        await (await home.ask("owner", "GET", `/audit?limit=3${cursor && `&cursor=${cursor}`}`)).json(),
      );
      entries.push(...page.items.map(({ entry }) => entry));
      cursor = page.nextCursor;
    }
    assert.deepEqual(
      entries,
      all.map(({ entry }) => entry),
    );
  });
});
