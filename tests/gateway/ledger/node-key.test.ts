import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKeystore, openKeystore } from "#gateway/ledger/keystore.ts";
import { saltKeyOf } from "#gateway/ledger/leaf.ts";
import { openNodeKey, PASSWORD_CREDENTIAL, replaceNodeKey } from "#gateway/ledger/node-key.ts";

/** The least cost that scrypt takes: these keys guard nothing. */
const LIGHT = { scryptN: 2 };
const PASSWORD = { password: "correct horse", from: "the test" };

describe("node's key", () => {
  let dir: string;
  let paths: { path: string; passwordPath: string };
  let address: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "daisee-node-key-"));
    paths = { path: join(dir, "keystore.json"), passwordPath: join(dir, "password") };
    await writeFile(paths.passwordPath, "correct horse\n", { mode: 0o600 });
    ({ address } = await createKeystore(paths, LIGHT));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it("is open with the password of its file", async () => {
    const key = await openNodeKey(paths, undefined);
    assert.deepEqual([key.address, key.wallet?.address, key.problem, key.saltKeys.length], [address, address, null, 1]);
  });

  const LOCKS: [string, RegExp, () => Promise<unknown>][] = [
    ["is missing", /No password file .*chmod 600/, () => rm(paths.passwordPath)],
    ["is wrong", /Wrong password/, () => writeFile(paths.passwordPath, "wrong")],
    ["is empty", /is empty/, () => writeFile(paths.passwordPath, "")],
    ["can be read by others", /chmod 600/, () => chmod(paths.passwordPath, 0o644)],
  ];
  for (const [state, message, spoil] of LOCKS) {
    it(`is locked, its address known, when the password ${state}, and says what to do`, async () => {
      await spoil();
      const key = await openNodeKey(paths, undefined);
      assert.deepEqual([key.address, key.wallet, key.saltKeys], [address, null, []]);
      assert.match(key.problem ?? "", message);
      assert.match(key.problem ?? "", /start the gateway again/);
    });
  }

  it("takes systemd's credential before the file", async () => {
    const credentials = join(dir, "credentials");
    await mkdir(credentials);
    await writeFile(join(credentials, PASSWORD_CREDENTIAL), "correct horse", { mode: 0o440 });
    await rm(paths.passwordPath);
    assert.equal((await openNodeKey(paths, credentials)).wallet?.address, address);
    await rm(join(credentials, PASSWORD_CREDENTIAL));
    assert.match((await openNodeKey(paths, credentials)).problem ?? "", /No password file/);
  });

  it("cannot be guessed at when there is no keystore, or it is none", async () => {
    await writeFile(paths.path, "{}");
    await assert.rejects(openNodeKey(paths, undefined), /is no keystore/);
    await rm(paths.path);
    await assert.rejects(openNodeKey(paths, undefined), /No keystore/);
  });

  it("is replaced by another one whose holder still has the old one's salts", async () => {
    const old = await openKeystore(paths);
    const { fresh } = await replaceNodeKey(paths.path, PASSWORD, LIGHT);
    const { fresh: again, old: before } = await replaceNodeKey(paths.path, PASSWORD, LIGHT);
    assert.equal(before, fresh);
    assert.equal((await stat(paths.path)).mode & 0o777, 0o600);
    const key = await openNodeKey(paths, undefined);
    assert.equal(key.address, again);
    assert.equal(new Set([address, fresh, again]).size, 3);
    assert.ok(key.saltKeys.length === 3 && key.saltKeys.some((saltKey) => Buffer.from(saltKey).equals(saltKeyOf(old.privateKey))));
  });

  it("goes on with a replacement that a crash cut short", async () => {
    const next = await createKeystore({ ...paths, path: `${paths.path}.next` }, LIGHT);
    assert.equal((await openNodeKey(paths, undefined)).address, address);
    assert.equal((await replaceNodeKey(paths.path, PASSWORD, LIGHT)).fresh, next.address);
    assert.deepEqual((await readdir(dir)).sort(), [`keystore-${address.toLowerCase()}.json`, "keystore.json", "password"]);
  });

  it("is not replaced by whoever cannot open it", async () => {
    await assert.rejects(replaceNodeKey(paths.path, { password: "wrong", from: "the test" }, LIGHT), /Wrong password .*the test/);
    assert.deepEqual((await readdir(dir)).sort(), ["keystore.json", "password"]);
  });
});
