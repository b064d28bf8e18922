/**
 * @module
 */
import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BOARDS_KEY_FILE, ensureBoardsKey, readBoardsKey } from "#gateway/auth/boards-key.ts";

describe("the boards' key", () => {
  let folder = "";
  let path = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "daisee-key-"));
    path = join(folder, "data", BOARDS_KEY_FILE);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("is made once, readable by its owner only, and stays", async () => {
    const key = await ensureBoardsKey(path, undefined);
    assert.equal(key.length, 32);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.deepEqual(await ensureBoardsKey(path, undefined), key);
    assert.deepEqual(await readBoardsKey(path, undefined), key);
  });

  it("is systemd's credential where there is one", async () => {
    await ensureBoardsKey(path, undefined);
    const credential = new Uint8Array(32).fill(7);
    await writeFile(join(folder, BOARDS_KEY_FILE), credential);
    assert.deepEqual(await readBoardsKey(path, folder), credential);
    assert.notDeepEqual(await readBoardsKey(path, join(folder, "none")), credential);
  });

  it("that is missing or of another length is refused with what to do", async () => {
    await assert.rejects(readBoardsKey(path, undefined), /Set the gateway up, or put the key back/);
    await ensureBoardsKey(path, undefined);
    await chmod(path, 0o600);
    await writeFile(path, "short");
    await assert.rejects(ensureBoardsKey(path, undefined), /has 5 bytes, not 32: put back the key from a backup/);
  });
});
