import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKeystore, openKeystore, readPassword } from "#gateway/ledger/keystore.ts";

/** The least cost that scrypt takes: these keys guard nothing. */
const LIGHT = { scryptN: 2 };

describe("keystore", () => {
  let dir: string;
  let path: string;
  let passwordPath: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "daisee-keystore-"));
    path = join(dir, "node.json");
    passwordPath = join(dir, "password");
    await writeFile(passwordPath, "correct horse\n", { mode: 0o600 });
  });
  afterEach(() => rm(dir, { recursive: true }));

  it("gives back the key that it was made with, and nobody else can read its file", async () => {
    const made = await createKeystore({ path, passwordPath }, LIGHT);
    const opened = await openKeystore({ path, passwordPath });
    assert.equal(opened.privateKey, made.privateKey);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.deepEqual((await readdir(dir)).sort(), ["node.json", "password"]);
  });

  it("holds neither the key nor the password in clear", async () => {
    const { privateKey } = await createKeystore({ path, passwordPath }, LIGHT);
    const text = (await readFile(path, "utf8")).toLowerCase();
    assert.ok(!text.includes(privateKey.slice(2)) && !text.includes("correct horse"));
  });

  it("makes the same key from the same randomness and asks for a fresh one each time", async () => {
    let counter = 0;
    const random = (length: number): Uint8Array => new Uint8Array(length).fill((counter += 1));
    assert.equal((await createKeystore({ path, passwordPath }, { ...LIGHT, random })).privateKey, `0x${"01".repeat(32)}`);
    assert.equal(counter, 5);
  });

  it("is never replaced", async () => {
    await createKeystore({ path, passwordPath }, LIGHT);
    const before = await readFile(path, "utf8");
    await assert.rejects(createKeystore({ path, passwordPath }, LIGHT), /exists already/);
    assert.equal(await readFile(path, "utf8"), before);
    assert.deepEqual((await readdir(dir)).sort(), ["node.json", "password"]);
  });

  it("stays closed to a wrong password, and says which file to check", async () => {
    await createKeystore({ path, passwordPath }, LIGHT);
    await writeFile(passwordPath, "incorrect horse");
    await assert.rejects(openKeystore({ path, passwordPath }), { message: `Wrong password for keystore ${path}: check ${passwordPath}` });
  });

  it("says so when there is none, or the file is none", async () => {
    await assert.rejects(openKeystore({ path, passwordPath }), /No keystore .*Create one/);
    await writeFile(path, "{}");
    await assert.rejects(openKeystore({ path, passwordPath }), /is no keystore/);
  });

  for (const mode of [0o640, 0o604, 0o644, 0o620, 0o666]) {
    it(`refuses a password file of mode ${mode.toString(8)} and names chmod`, async () => {
      await chmod(passwordPath, mode);
      await assert.rejects(readPassword(passwordPath), { message: new RegExp(`mode 0${mode.toString(8)}\\)\\. Run: chmod 600 ${passwordPath}$`) });
      await assert.rejects(createKeystore({ path, passwordPath }, LIGHT), /chmod 600/);
    });
  }

  it("refuses an empty or missing password file", async () => {
    await writeFile(passwordPath, "\n");
    await assert.rejects(readPassword(passwordPath), /is empty/);
    await rm(passwordPath);
    await assert.rejects(readPassword(passwordPath), /No password file .*chmod 600/);
  });

  it("takes the password as it is, but for the line's end", async () => {
    await writeFile(passwordPath, "  pass word  \r\n");
    assert.equal(await readPassword(passwordPath), "  pass word  ");
  });
});
