import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openFlashFile, openStorageFolder } from "#tools/virtual-board/files.ts";
import { createMemoryStorage } from "#tools/virtual-board/fake/storage.ts";
import { printing, run } from "./bench.ts";

describe("virtual-board/fake: storage", () => {
  it("keeps bytes, text and objects, and knows a missing or broken file", () => {
    const storage = createMemoryStorage({ key: Uint8Array.of(0, 128, 255), broken: "{" });
    const script = printing([
      'E.toUint8Array(require("Storage").read("key"))',
      'require("Storage").write("settings", { a: [1, 2] })',
      'require("Storage").readJSON("settings").a[1]',
      'require("Storage").write("bytes", new Uint8Array([1, 255]))',
      'require("Storage").read("bytes").charCodeAt(1)',
      'typeof require("Storage").read("missing")',
      'typeof require("Storage").readJSON("broken", true)',
      'require("Storage").readJSON("broken")',
      'require("Storage").write("empty", "")',
      'require("Storage").write("big", new Uint8Array(920000))',
    ]);
    const { lines } = run(script, 1000, { storage });
    assert.deepEqual(lines, ["[0,128,255]", "true", "2", "true", "255", '"undefined"', '"undefined"', "throws", "throws", "throws"]);
  });
});

describe("virtual-board/files", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "daisee-board-"));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it("keep a board's files in its folder and take no name that leads out of it", async () => {
    const storage = openStorageFolder(dir);
    storage.write("daisee.json", Buffer.from("{}"));
    assert.equal(await readFile(join(dir, "storage", "daisee.json"), "utf8"), "{}");
    assert.deepEqual(openStorageFolder(dir).list(), ["daisee.json"]);
    for (const name of ["../out", "a/b", "..", ""]) assert.throws(() => storage.write(name, Buffer.from("x")), /keeps no file/);
  });

  it("keep raw flash as it is at every moment, and refuse a file of another size", async () => {
    const flash = openFlashFile(dir);
    assert.ok(flash.bytes.every((byte) => byte === 255));
    flash.bytes[5] = 7;
    flash.changed(5, 1);
    assert.equal((await readFile(join(dir, "flash.bin")))[5], 7);
    flash.close();
    await writeFile(join(dir, "flash.bin"), "short");
    assert.throws(() => openFlashFile(dir), /5 bytes instead of 983040: remove it/);
  });
});
