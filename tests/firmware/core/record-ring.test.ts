import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { FINE_BYTES } from "#firmware/core/record-bytes.ts";
import { RecordRing, type NumberedRecord } from "#firmware/core/record-ring.ts";
import { NorFlash, PowerCut } from "./nor-flash.ts";
import { plainReading, uptimes } from "./records.ts";

const SECTORS = 3;
const PER_SECTOR = Math.floor(4096 / (16 + FINE_BYTES));
const LAYOUT = { offset: 4096, sectors: SECTORS, recordBytes: FINE_BYTES };

function open(flash: NorFlash): RecordRing {
  return new RecordRing(flash, crc32, LAYOUT);
}

function fill(ring: RecordRing, boot: number, from: number, count: number): void {
  for (let i = from; i < from + count; i++) ring.append(boot, i, plainReading(0, i));
}

/** All that waits, taken run by run. */
function drain(ring: RecordRing, most = 8): [number, number][] {
  const numbers: [number, number][] = [];
  for (let run = ring.oldest(most); run; run = ring.oldest(most)) {
    const { boot, sequence, records } = run;
    assert.ok(records.length <= most);
    records.forEach((_, i) => numbers.push([boot, sequence + i]));
    ring.acknowledge(boot, sequence + records.length - 1);
  }
  return numbers;
}

function range(boot: number, from: number, count: number): [number, number][] {
  return Array.from({ length: count }, (_, i) => [boot, from + i]);
}

describe("record ring", () => {
  it("has nothing waiting in new flash", () => {
    assert.equal(open(new NorFlash(4)).oldest(8), null);
  });

  it("gives the oldest records first, in runs, until they are acknowledged", () => {
    const ring = open(new NorFlash(4));
    fill(ring, 1, 0, 10);
    assert.deepEqual(uptimes(ring.oldest(4)?.records ?? []), [0, 1, 2, 3]);
    assert.deepEqual(uptimes(ring.oldest(4)?.records ?? []), [0, 1, 2, 3]);
    ring.acknowledge(1, 3);
    assert.equal(ring.oldest(4)?.sequence, 4);
    assert.deepEqual(drain(ring), range(1, 4, 6));
    assert.equal(ring.oldest(4), null);
  });

  it("ends a run where the boot changes", () => {
    const ring = open(new NorFlash(4));
    fill(ring, 1, 0, 2);
    fill(ring, 2, 0, 2);
    assert.deepEqual([ring.oldest(8)?.boot, ring.oldest(8)?.records.length], [1, 2]);
    assert.deepEqual(drain(ring), [...range(1, 0, 2), ...range(2, 0, 2)]);
  });

  it("finds after a restart what waited before, and what was acknowledged", () => {
    const flash = new NorFlash(4);
    const ring = open(flash);
    fill(ring, 1, 0, 100);
    ring.acknowledge(1, 29);
    const again = open(flash);
    fill(again, 2, 0, 3);
    assert.deepEqual(drain(again, 50), [...range(1, 30, 70), ...range(2, 0, 3)]);
    assert.deepEqual(drain(open(flash)), []);
  });

  it("finds a full ring whose next place is a sector's first", () => {
    const flash = new NorFlash(4);
    fill(open(flash), 1, 0, SECTORS * PER_SECTOR);
    assert.deepEqual(drain(open(flash)), range(1, 0, SECTORS * PER_SECTOR));
  });

  it("loses the oldest sector when it comes round, and says so", () => {
    const flash = new NorFlash(4);
    const ring = open(flash);
    fill(ring, 1, 0, SECTORS * PER_SECTOR);
    assert.equal(ring.dropped, false);
    fill(ring, 1, SECTORS * PER_SECTOR, 1);
    assert.equal(ring.dropped, true);
    assert.deepEqual(drain(ring), range(1, PER_SECTOR, (SECTORS - 1) * PER_SECTOR + 1));
  });

  it("loses nothing when what it overwrites was acknowledged", () => {
    const ring = open(new NorFlash(4));
    for (let i = 0; i < 10; i++) {
      fill(ring, 1, i * PER_SECTOR, PER_SECTOR);
      assert.equal(drain(ring).length, PER_SECTOR);
    }
    assert.equal(ring.dropped, false);
  });

  it("frees nothing for a record that it has not yet come to", () => {
    const ring = open(new NorFlash(4));
    fill(ring, 5, 10, 3);
    ring.acknowledge(4, 4000000);
    ring.acknowledge(5, 9);
    assert.deepEqual(drain(ring), range(5, 10, 3));
  });

  it("shows the newest records first, acknowledged or not", () => {
    const flash = new NorFlash(4);
    const ring = open(flash);
    fill(ring, 1, 0, 10);
    drain(ring);
    const seen: NumberedRecord[] = [];
    open(flash).newest((kept) => {
      seen.push(kept);
      return seen.length < 3;
    });
    assert.deepEqual(
      seen.map(({ sequence }) => sequence),
      [9, 8, 7],
    );
  });

  it("passes over places that do not keep a record", () => {
    const flash = new NorFlash(4);
    const ring = open(flash);
    fill(ring, 1, 0, 1);
    // Not even a place whose head stays blank ends the search after a restart.
    for (let i = 12; i < 16 + FINE_BYTES; i++) flash.stuck.add(4096 + (16 + FINE_BYTES) + i);
    fill(ring, 1, 1, 5);
    assert.deepEqual(drain(open(flash)), range(1, 0, 6));
  });

  it("throws when flash keeps nothing", () => {
    const flash = new NorFlash(4);
    for (let i = 4096; i < flash.bytes; i++) flash.stuck.add(i);
    assert.throws(() => fill(open(flash), 1, 0, 1), /does not keep/);
  });

  it("keeps each whole record that was not acknowledged, wherever the power is cut, and invents none", () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ append: fc.integer({ min: 1, max: 120 }) }) },
      { weight: 3, arbitrary: fc.record({ acknowledge: fc.integer({ min: 1, max: 100 }) }) },
      { weight: 2, arbitrary: fc.record({ cutAfter: fc.integer({ min: 0, max: 6000 }) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const flash = new NorFlash(4);
        let ring = open(flash);
        let boot = 1;
        let sequence = 0;
        /** Appended for certain, and not acknowledged; `maybe` was cut in its append and may have made it. */
        let waiting: string[] = [];
        const maybe = new Set<string>();
        // A record that was cut off takes a place, too.
        let cuts = 0;
        const dropOldest = (): void => {
          waiting = waiting.slice(-((SECTORS - 1) * PER_SECTOR - cuts));
        };
        const restart = (): void => {
          flash.energy = Infinity;
          ring = open(flash);
          boot++;
          sequence = 0;
        };
        for (const each of steps) {
          try {
            if ("append" in each) {
              for (let i = 0; i < each.append; i++) {
                maybe.add(`${boot}/${sequence}`);
                ring.append(boot, sequence, plainReading(0, sequence));
                waiting.push(`${boot}/${sequence}`);
                sequence++;
              }
            } else if ("acknowledge" in each) {
              const run = ring.oldest(each.acknowledge);
              if (!run) continue;
              const freed = run.records.map((_, i) => `${run.boot}/${run.sequence + i}`);
              waiting = waiting.filter((number) => !freed.includes(number));
              ring.acknowledge(run.boot, run.sequence + run.records.length - 1);
            } else flash.energy = each.cutAfter;
          } catch (error) {
            if (!(error instanceof PowerCut)) throw error;
            // The sector that was erased, or was being, was the oldest.
            if (error.during === "erase" || ring.dropped) dropOldest();
            cuts++;
            restart();
          }
          if (ring.dropped) dropOldest();
        }
        restart();
        const found = drain(ring, 16).map(([itsBoot, number]) => `${itsBoot}/${number}`);
        for (const number of waiting) assert.ok(found.includes(number), `${number} is lost`);
        for (const number of found) assert.ok(maybe.has(number), `${number} was never made`);
        assert.equal(new Set(found).size, found.length);
      }),
      { numRuns: 200 },
    );
  });
});
