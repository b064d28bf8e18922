/**
 * The record file in Storage: made without a compaction, and out of the reach of every later one.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { SECTOR_BYTES } from "#firmware/core/flash.ts";
import { DEFAULT_FLASH } from "#firmware/core/settings.ts";
import { FlashPages } from "#firmware/drivers/flash.ts";
import { isRecordFileThere, isUsed, markUsed, openRecordFile, RECORD_FILE } from "#firmware/drivers/record-file.ts";
import { FLASH_START, RAW_BYTES } from "#tools/virtual-board/fake/flash.ts";
import { createStorageLayout, type StorageLayout } from "#tools/virtual-board/fake/storage-layout.ts";
import { createMemoryFlash } from "#tools/virtual-board/fake/flash.ts";
import { runOnInterpreter } from "../build/interpreter.ts";

/** Storage as in the fake, seen by the driver. */
function createStorage(): { layout: StorageLayout; bytes: Uint8Array; open: () => ReturnType<typeof openRecordFile>; host: ConstructorParameters<typeof FlashPages>[0]; files: Parameters<typeof openRecordFile>[1] } {
  const { bytes } = createMemoryFlash();
  const layout = createStorageLayout(bytes.subarray(RAW_BYTES), () => undefined);
  const host = {
    read: (length: number, address: number) => bytes.slice(address - FLASH_START, address - FLASH_START + length),
    write: (data: Uint8Array, address: number) => data.forEach((byte, i) => (bytes[address - FLASH_START + i] = (bytes[address - FLASH_START + i] ?? 0) & byte)),
    erasePage: (address: number) => void bytes.fill(0xff, address - FLASH_START, address - FLASH_START + SECTOR_BYTES),
    getPage: (address: number) => ({ addr: address - (address % SECTOR_BYTES), length: SECTOR_BYTES }),
  };
  const files = {
    read: (name: string) => (layout.find(name) ? "1" : undefined),
    write: (name: string, _text: string, _offset: 0, size: number) => (layout.create(name, size), true),
  };
  return { layout, bytes, host, files, open: () => openRecordFile(host, files, DEFAULT_FLASH) };
}

function put(layout: StorageLayout, name: string, bytes: number): void {
  const old = layout.find(name);
  if (old) layout.remove(old);
  layout.create(name, bytes);
}

describe("record file", () => {
  it("is made once, whatever lies in Storage, with whole sectors inside and its end on a page", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20000 }), { maxLength: 8 }), (sizes) => {
        const { layout, open } = createStorage();
        sizes.forEach((bytes, i) => put(layout, `file${i % 3}`, bytes));
        const file = open();
        assert.ok(file);
        assert.equal(file.start % SECTOR_BYTES, 0);
        const stored = layout.find(RECORD_FILE) ?? assert.fail();
        assert.equal(file.start >= 0x320000 + stored.offset, true);
        assert.ok(file.start + DEFAULT_FLASH.recordBytes <= 0x320000 + stored.offset + stored.bytes);
        assert.equal((stored.offset + stored.bytes) % SECTOR_BYTES, 0);
        put(layout, "later", 5000);
        assert.deepEqual(open(), file);
        assert.equal(layout.files().filter(({ name }) => name === RECORD_FILE).length, 1);
      }),
      { numRuns: 50 },
    );
  });

  it("is not made where that could provoke a compaction", () => {
    const { layout, open } = createStorage();
    for (let i = 0; i < 30; i++) put(layout, ".bootcde", 10000);
    assert.equal(open(), null);
    assert.equal(layout.find(RECORD_FILE), undefined);
  });

  it("lets nothing be erased once somebody has moved it", () => {
    const { layout, open, host } = createStorage();
    const file = open() ?? assert.fail();
    const pages = new FlashPages(host, file.start, DEFAULT_FLASH.recordBytes, file);
    pages.erase(0);
    assert.equal(isRecordFileThere(host, file), true);
    layout.remove(layout.find(RECORD_FILE) ?? assert.fail());
    assert.throws(() => pages.erase(0), /was moved/);
  });

  it("has a small one beside it that says that numbers were given", () => {
    const { host, files } = createStorage();
    assert.equal(isUsed(files, 1), false);
    markUsed(host, files, DEFAULT_FLASH, 1);
    assert.deepEqual([isUsed(files, 1), isUsed(files, 70000)], [true, false]);
  });

  it("stays where it is, with every bit, through the interpreter's own compactions, when it is Storage's first", async function () {
    // The size that the firmware gives it, in a Storage of 256 KB: 12 sectors inside.
    const size = 13 * SECTOR_BYTES - 32;
    const lines = await runOnInterpreter(
      this,
      `
      var s = require("Storage"), f = require("Flash"), at = 0x10000000;
      s.write("${RECORD_FILE}", "\\xff", 0, ${size});
      for (var i = 1; i < 13; i++) f.write(new Uint8Array(64).fill(i), at + i * 4096 + 8 * i);
      var sum = function () { var c = ""; for (var i = 0; i < 13; i++) c += E.CRC32(f.read(4096, at + i * 4096)) + ","; return c; };
      var before = sum();
      for (var round = 0; round < 6; round++) {
        for (var i = 0; i < 8; i++) { s.write("code" + i, new Uint8Array(2000 + 50 * i + round).fill(round + 1)); s.write("json", "" + round + i); }
        s.compact();
      }
      console.log("kept " + (before === sum()) + ", trash " + s.getStats().trashBytes + ", there " + (s.read("code7").length === 2355));`,
    );
    assert.equal(lines.find((line) => line.includes("kept")), "kept true, trash 0, there true");
  });
});
