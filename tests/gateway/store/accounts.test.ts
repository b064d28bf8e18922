import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoredAccount, StoredSession, StoredToken } from "#gateway/store/accounts.ts";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";
import type { Store } from "#gateway/store/store.ts";

const account = (accountId: string, name: string): StoredAccount => ({
  accountId,
  name,
  role: "owner",
  passwordHash: "$argon2id$x",
  createdUtcMs: 5,
  lastLoginUtcMs: null,
});
const session = (sessionId: string, accountId: string): StoredSession => ({
  sessionId,
  accountId,
  secretHash: `hash ${sessionId}`,
  createdUtcMs: 1,
  rotatedUtcMs: 2,
  seenUtcMs: 3,
  expiresUtcMs: 4,
  address: "::1",
  client: "",
});
const token = (tokenId: string, accountId: string): StoredToken => ({
  tokenId,
  accountId,
  name: "n",
  scope: "read",
  secretHash: `hash ${tokenId}`,
  createdUtcMs: 1,
  expiresUtcMs: null,
  lastUsedUtcMs: null,
});

describe("the store of accounts", () => {
  let folder: string;
  let store: Store;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "daisee-accounts-"));
    store = await openSqliteStore(join(folder, "store.sqlite"));
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });

  async function reopen(): Promise<void> {
    await store.close();
    store = await openSqliteStore(join(folder, "store.sqlite"));
  }

  it("takes a first account once, and every name once whatever its case", async () => {
    const added = await Promise.all([store.addFirstAccount(account("a", "Ann")), store.addFirstAccount(account("b", "Ben"))]);
    assert.deepEqual(added, [true, false]);
    await store.putAccount(account("c", "Cleo"));
    await assert.rejects(store.putAccount(account("d", "ANN")), /UNIQUE/);
    await store.putAccount({ ...account("a", "Anna"), role: "guest", lastLoginUtcMs: 9 });
    await reopen();
    assert.deepEqual(await store.accounts(), [{ ...account("a", "Anna"), role: "guest", lastLoginUtcMs: 9 }, account("c", "Cleo")]);
  });

  it("keeps sessions and tokens, and drops them with their account", async () => {
    for (const [id, name] of [
      ["a", "Ann"],
      ["b", "Ben"],
    ] as const) {
      await store.putAccount(account(id, name));
      await store.putSession(session(`s${id}`, id));
      await store.putToken(token(`t${id}`, id));
    }
    await store.putSession({ ...session("sa", "a"), secretHash: "rotated", seenUtcMs: 30 });
    await store.putToken({ ...token("ta", "a"), lastUsedUtcMs: 7 });
    await reopen();
    assert.deepEqual(await store.sessions(), [{ ...session("sa", "a"), secretHash: "rotated", seenUtcMs: 30 }, session("sb", "b")]);
    assert.deepEqual(await store.tokens(), [{ ...token("ta", "a"), lastUsedUtcMs: 7 }, token("tb", "b")]);
    await store.deleteAccount("a");
    assert.deepEqual(
      (await store.sessions()).map(({ sessionId }) => sessionId),
      ["sb"],
    );
    assert.deepEqual(
      (await store.tokens()).map(({ tokenId }) => tokenId),
      ["tb"],
    );
    await store.deleteSessions(["sb", "none"]);
    await store.deleteToken("tb");
    assert.deepEqual([await store.sessions(), await store.tokens()], [[], []]);
    await assert.rejects(store.putSession(session("x", "gone")), /FOREIGN KEY/);
  });

  it("writes changes down in order, and gives them back in pages", async () => {
    for (let utcMs = 1; utcMs <= 5; utcMs++) {
      await store.appendAudit({ utcMs, actor: "Ann", address: "::1", action: "a", target: "t", before: "null", after: String(utcMs) });
    }
    const first = await store.audit({ limit: 2 });
    const rest = await store.audit({ limit: 9, before: first.at(-1)?.entry ?? 0 });
    assert.deepEqual(
      [...first, ...rest].map(({ after }) => after),
      ["5", "4", "3", "2", "1"],
    );
  });

  it("keeps tariffs by their first day, one for each, and boards' settings", async () => {
    await store.putTariff({ tariffId: "b", validFrom: "2026-05-01", body: "{}" });
    await store.putTariff({ tariffId: "a", validFrom: "2026-01-01", body: "{}" });
    await assert.rejects(store.putTariff({ tariffId: "c", validFrom: "2026-05-01", body: "{}" }), /UNIQUE/);
    await store.putTariff({ tariffId: "b", validFrom: "2026-06-01", body: '{"x":1}' });
    await store.admitBoard({
      boardId: "24a160aabbcc",
      name: "Hall",
      role: "consumer",
      meters: [],
      wrappedSecret: new Uint8Array(60),
      admittedUtcMs: 1,
    });
    for (const body of ["1", "2"]) await store.putBoardSetting({ boardId: "24a160aabbcc", body });
    await reopen();
    assert.deepEqual(
      (await store.tariffs()).map(({ tariffId, validFrom }) => [tariffId, validFrom]),
      [
        ["a", "2026-01-01"],
        ["b", "2026-06-01"],
      ],
    );
    assert.deepEqual(await store.boardSettings(), [{ boardId: "24a160aabbcc", body: "2" }]);
    await store.deleteTariff("a");
    assert.equal((await store.tariffs()).length, 1);
    await assert.rejects(store.putBoardSetting({ boardId: "24a160000000", body: "1" }), /FOREIGN KEY/);
  });
});
