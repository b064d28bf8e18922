import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { BOOT_SECTORS, countBoot } from "#firmware/core/boot-counter.ts";
import { SECTOR_BYTES } from "#firmware/core/flash.ts";
import { MAX_BOOT } from "#firmware/wire/frame.ts";
import { NorFlash, PowerCut } from "./nor-flash.ts";

const ENTRIES_PER_SECTOR = SECTOR_BYTES / 8;

describe("boot counter", () => {
  it("counts from 1 in new flash", () => {
    const flash = new NorFlash(BOOT_SECTORS);
    assert.deepEqual([countBoot(flash, crc32), countBoot(flash, crc32), countBoot(flash, crc32)], [1, 2, 3]);
  });

  it("goes on over many turns of both sectors", () => {
    const flash = new NorFlash(BOOT_SECTORS);
    for (let boot = 1; boot <= 5 * ENTRIES_PER_SECTOR; boot++) assert.equal(countBoot(flash, crc32), boot);
    assert.equal(flash.erasures, 4);
  });

  it("gives no number twice, and each above the last, wherever the power is cut", () => {
    // Around the ends of the sectors, where one is erased.
    const flash = new NorFlash(BOOT_SECTORS);
    const images = new Map([[0, flash.cells.slice()]]);
    for (let boot = 1; boot <= 3 * ENTRIES_PER_SECTOR; boot++) {
      countBoot(flash, crc32);
      if (boot % ENTRIES_PER_SECTOR < 2 || boot % ENTRIES_PER_SECTOR > ENTRIES_PER_SECTOR - 3) images.set(boot, flash.cells.slice());
    }
    const energies = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: SECTOR_BYTES + 12 }));
    fc.assert(
      fc.property(fc.constantFrom(...images), fc.array(energies, { maxLength: 30 }), ([before, image], cuts) => {
        const cut = new NorFlash(BOOT_SECTORS, image.slice());
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
    const flash = new NorFlash(BOOT_SECTORS);
    for (let i = 8; i < 40; i++) flash.stuck.add(i);
    assert.equal(countBoot(flash, crc32), 1);
    assert.equal(countBoot(flash, crc32), 2);
    assert.equal(countBoot(flash, crc32), 3);
  });

  it("refuses to start where flash keeps nothing, and forgets no number by trying", () => {
    const flash = new NorFlash(BOOT_SECTORS);
    for (let i = 0; i < 5; i++) countBoot(flash, crc32);
    for (let i = 40; i < flash.bytes; i++) flash.stuck.add(i);
    assert.throws(() => countBoot(flash, crc32), /does not keep/);
    flash.stuck.clear();
    assert.equal(countBoot(flash, crc32), 6);
  });

  it("refuses a boot beyond the last number that fits a nonce", () => {
    const flash = new NorFlash(BOOT_SECTORS);
    const entry = Buffer.alloc(8);
    entry.writeUInt32BE(MAX_BOOT, 0);
    entry.writeUInt32BE(crc32(entry.subarray(0, 4)), 4);
    flash.write(entry, 0);
    assert.throws(() => countBoot(flash, crc32), /needs a new key/);
  });
});
