import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { countStart } from "#firmware/core/count-start.ts";
import { markEnd, markGood, RESET, START_SECTORS, type Start } from "#firmware/core/starts.ts";
import { SECTOR_BYTES } from "#firmware/core/flash.ts";
import { MAX_BOOT } from "#firmware/wire/frame.ts";
import { NorFlash, PowerCut } from "./nor-flash.ts";

const ENTRIES_PER_SECTOR = SECTOR_BYTES / 16;

/** What is noted outside of the numbers' places. */
let marks: Set<number>;

function start(flashes: NorFlash[], firstBoot = 1): Start {
  return countStart({
    places: flashes.map((flash) => ({ flash, offset: 0 })),
    crc32,
    firstBoot,
    isUsed: () => marks.has(firstBoot),
    markUsed: () => void marks.add(firstBoot),
  });
}

function countBoot(flash: NorFlash, _crc: typeof crc32): number {
  return start([flash]).boot;
}

describe("count of starts", () => {
  beforeEach(() => (marks = new Set()));

  it("counts from 1 in new flash", () => {
    const flash = new NorFlash(START_SECTORS);
    assert.deepEqual([countBoot(flash, crc32), countBoot(flash, crc32), countBoot(flash, crc32)], [1, 2, 3]);
  });

  it("goes on over many turns of both sectors", () => {
    const flash = new NorFlash(START_SECTORS);
    for (let boot = 1; boot <= 5 * ENTRIES_PER_SECTOR; boot++) assert.equal(countBoot(flash, crc32), boot);
    assert.equal(flash.erasures, 4);
  });

  it("gives no number twice, and each above the last, wherever the power is cut", () => {
    // Around the ends of the sectors, where one is erased.
    const flash = new NorFlash(START_SECTORS);
    const images = new Map([[0, flash.cells.slice()]]);
    for (let boot = 1; boot <= 3 * ENTRIES_PER_SECTOR; boot++) {
      countBoot(flash, crc32);
      if (boot % ENTRIES_PER_SECTOR < 2 || boot % ENTRIES_PER_SECTOR > ENTRIES_PER_SECTOR - 3) images.set(boot, flash.cells.slice());
    }
    const energies = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: SECTOR_BYTES + 20 }));
    fc.assert(
      fc.property(fc.constantFrom(...images), fc.array(energies, { maxLength: 30 }), ([before, image], cuts) => {
        const cut = new NorFlash(START_SECTORS, image.slice());
        marks.clear();
        let last = before;
        for (const energy of [...cuts, Infinity]) {
          cut.energy = energy;
          try {
            const boot = countBoot(cut, crc32);
            assert.ok(boot > last, `${boot} after ${last}`);
            last = boot;
          } catch (error) {
            if (!(error instanceof PowerCut)) throw error;
          }
        }
        assert.ok(last > before);
      }),
    );
  });

  it("passes over places that do not keep what is written", () => {
    const flash = new NorFlash(START_SECTORS);
    for (let i = 16; i < 70; i++) flash.stuck.add(i);
    assert.equal(countBoot(flash, crc32), 1);
    assert.equal(countBoot(flash, crc32), 2);
    assert.equal(countBoot(flash, crc32), 3);
  });

  it("refuses to start where flash keeps nothing, and forgets no number by trying", () => {
    const flash = new NorFlash(START_SECTORS);
    for (let i = 0; i < 5; i++) countBoot(flash, crc32);
    for (let i = 80; i < flash.bytes; i++) flash.stuck.add(i);
    assert.throws(() => countBoot(flash, crc32), /does not keep/);
    flash.stuck.clear();
    assert.equal(countBoot(flash, crc32), 6);
  });

  it("refuses a boot beyond the last number that fits a nonce", () => {
    const flash = new NorFlash(START_SECTORS);
    const entry = Buffer.alloc(8);
    entry.writeUInt32BE(MAX_BOOT, 0);
    entry.writeUInt32BE(crc32(entry.subarray(0, 4)), 4);
    flash.write(entry, 0);
    assert.throws(() => countBoot(flash, crc32), /needs a new key/);
  });

  it("goes on from the larger of two places, and heals the one that was lost", () => {
    const [raw, storage] = [new NorFlash(START_SECTORS), new NorFlash(START_SECTORS)];
    for (let i = 0; i < 7; i++) start([raw, storage]);
    raw.erase(0);
    raw.erase(SECTOR_BYTES);
    assert.equal(start([raw, storage]).boot, 8);
    assert.equal(start([raw]).boot, 9);
    assert.equal(start([raw, storage]).boot, 10);
  });

  it("gives no number when all of them are gone, until it is told where to go on", () => {
    const [raw, storage] = [new NorFlash(START_SECTORS), new NorFlash(START_SECTORS)];
    for (let i = 0; i < 7; i++) start([raw, storage]);
    const [lost, too] = [new NorFlash(START_SECTORS), new NorFlash(START_SECTORS)];
    assert.throws(() => start([lost, too]), /numbers are lost: admit the board again/);
    assert.throws(() => start([lost, too]), /numbers are lost/);
    assert.equal(start([lost, too], 1000).boot, 1000);
    assert.equal(start([lost, too], 1000).boot, 1001);
  });

  it("gives no number again that it gave from a raised first number on, though older ones were there then", () => {
    const flash = new NorFlash(START_SECTORS);
    assert.deepEqual([start([flash]).boot, start([flash], 1000).boot], [1, 1000]);
    assert.throws(() => start([new NorFlash(START_SECTORS)], 1000), /numbers are lost/);
  });

  it("counts starts that failed in a row, until one went well or ended on purpose", () => {
    const flash = new NorFlash(START_SECTORS);
    assert.deepEqual([0, 1, 2, 3].map(() => start([flash]).failed), [0, 1, 2, 3]);
    markGood(start([flash]));
    const after = start([flash]);
    assert.deepEqual([after.failed, after.lastCause], [0, -1]);
    markEnd(after, RESET.command);
    const commanded = start([flash]);
    assert.deepEqual([commanded.failed, commanded.lastCause], [0, RESET.command]);
    for (let i = 0; i < 20; i++) start([flash]);
    assert.equal(start([flash]).failed, 10);
  });
});
