import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { SECTOR_BYTES } from "#firmware/core/flash.ts";
import { visitRecent } from "#firmware/core/ring-survey.ts";
import { RecordRing } from "#firmware/core/record-ring.ts";
import type { BoardRecord } from "#firmware/wire/records.ts";
import { NorFlash, PowerCut } from "./nor-flash.ts";
import { checkpoints, events, plainReading, readings, uptimes } from "./records.ts";

const SECTORS = 3;
const LAYOUT = { offset: SECTOR_BYTES, sectors: SECTORS, meters: 0 };

function open(flash: NorFlash): RecordRing {
  return new RecordRing(flash, crc32, LAYOUT);
}

function fill(ring: RecordRing, boot: number, from: number, count: number): void {
  for (let i = from; i < from + count; i++) ring.append(boot, i, plainReading(0, i));
}

/** Appends until a sector is full and the next one has its first record; returns the next number. */
function fillSector(ring: RecordRing, flash: NorFlash, boot: number, from: number): number {
  let next = from;
  for (const before = Math.max(1, flash.erasures); flash.erasures <= before; next++) ring.append(boot, next, plainReading(0, next));
  return next;
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
  assert.equal(ring.waiting(), 0);
  return numbers;
}

function range(boot: number, from: number, count: number): [number, number][] {
  return Array.from({ length: count }, (_, i) => [boot, from + i]);
}

/** Times and counters that rise, as a board's do. */
function rising(records: BoardRecord[]): BoardRecord[] {
  let uptimeMs = 0;
  return records.map((record) => ({ ...record, uptimeMs: (uptimeMs += 1 + (record.uptimeMs % 100000)) }));
}

function showRecent(flash: NorFlash, seen: number[]): void {
  const ring = open(flash);
  visitRecent(ring.sectors, ring.newestSector, (record) => seen.push(record.uptimeMs));
}

describe("record ring", () => {
  it("has nothing waiting in new flash", () => {
    const ring = open(new NorFlash(4));
    assert.equal(ring.oldest(8), null);
    assert.equal(ring.waiting(), 0);
  });

  it("gives every record back as it was", () => {
    const counted = readings.map((reading) => {
      const currentMa = reading.currentMa >> 1;
      return { ...reading, currentMa, minCurrentMa: currentMa - (reading.minCurrentMa & 1023), maxCurrentMa: currentMa + (reading.maxCurrentMa & 1023), importMwh: 0, exportMwh: 0 };
    });
    const fine = fc.array(fc.oneof(counted, events), { minLength: 1, maxLength: 40 }).map(rising);
    fc.assert(
      fc.property(fine, (records) => {
        const flash = new NorFlash(4);
        const ring = open(flash);
        records.forEach((record, i) => ring.append(3, i, record));
        assert.deepEqual(ring.oldest(99)?.records, records);
        assert.deepEqual(open(flash).oldest(99)?.records, records);
      }),
    );
    fc.assert(
      fc.property(checkpoints(8), checkpoints(8), (a, b) => {
        const flash = new NorFlash(3);
        const ring = new RecordRing(flash, crc32, { offset: 0, sectors: 3, meters: 8 });
        // Counters and slots never run backwards; what is here must do so anyhow, as in a board that was given another clock.
        const records = rising([a, { ...b, slot: null, meters: a.meters }]);
        records.forEach((record, i) => ring.append(3, i, record));
        assert.deepEqual(new RecordRing(flash, crc32, { offset: 0, sectors: 3, meters: 8 }).oldest(9)?.records, records);
      }),
    );
  });

  it("gives the oldest records first, in runs, until they are acknowledged", () => {
    const ring = open(new NorFlash(4));
    fill(ring, 1, 0, 10);
    assert.deepEqual(uptimes(ring.oldest(4)?.records ?? []), [0, 1, 2, 3]);
    assert.deepEqual(uptimes(ring.oldest(4)?.records ?? []), [0, 1, 2, 3]);
    ring.acknowledge(1, 3);
    assert.deepEqual([ring.oldest(4)?.sequence, ring.waiting()], [4, 6]);
    // Fewer than were shown.
    ring.acknowledge(1, 5);
    assert.deepEqual(drain(ring), range(1, 6, 4));
    assert.equal(ring.oldest(4), null);
  });

  it("ends a run where the boot changes", () => {
    const ring = open(new NorFlash(4));
    fill(ring, 1, 0, 2);
    fill(ring, 2, 0, 2);
    assert.deepEqual([ring.oldest(8)?.boot, ring.oldest(8)?.records.length], [1, 2]);
    assert.deepEqual(drain(ring), [...range(1, 0, 2), ...range(2, 0, 2)]);
  });

  it("finds after a restart what waited before, but for the sectors that were acknowledged whole", () => {
    const flash = new NorFlash(4);
    const ring = open(flash);
    const first = fillSector(ring, flash, 1, 0);
    const next = fillSector(ring, flash, 1, first);
    ring.acknowledge(1, next - 2);
    const again = open(flash);
    fill(again, 2, 0, 3);
    const found = drain(again, 50);
    assert.deepEqual(found.slice(-4), [...range(1, next - 1, 1), ...range(2, 0, 3)]);
    // One sector at most is sent anew.
    assert.ok(found.length <= next - first + 4);
    assert.ok(drain(open(flash)).length <= next - first + 4);
  });

  it("loses the oldest sector when it comes round, and says so, after a restart too, until that was told", () => {
    const flash = new NorFlash(4);
    const ring = open(flash);
    let next = 0;
    for (let i = 0; i < SECTORS - 1; i++) next = fillSector(ring, flash, 1, next);
    assert.equal(ring.dropped, false);
    next = fillSector(ring, flash, 1, next);
    assert.equal(ring.dropped, true);
    const again = open(flash);
    assert.equal(again.dropped, true);
    const found = drain(again);
    const [first = [0, 0]] = found;
    assert.ok(first[1] > 0);
    assert.deepEqual(found, range(1, first[1], next - first[1]));
    again.dropped = false;
    fillSector(again, flash, 1, next);
    assert.equal(open(flash).dropped, false);
  });

  it("loses nothing when what it overwrites was acknowledged", () => {
    const flash = new NorFlash(4);
    const ring = open(flash);
    let next = 0;
    for (let i = 0; i < 10; i++) {
      const from = next;
      next = fillSector(ring, flash, 1, next);
      assert.equal(drain(ring).length, next - from);
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

  it("shows the newest records, acknowledged or not", () => {
    const flash = new NorFlash(4);
    const ring = open(flash);
    // The newest sector has one record only, so the one before tells too.
    const next = fillSector(ring, flash, 1, 0);
    drain(ring);
    const seen: number[] = [];
    showRecent(flash, seen);
    assert.deepEqual(seen, Array.from({ length: next }, (_, i) => i));
    fill(ring, 1, next, 50);
    seen.length = 0;
    showRecent(flash, seen);
    assert.deepEqual(seen, Array.from({ length: 51 }, (_, i) => next - 1 + i));
  });

  it("passes over places that do not keep a record", () => {
    const flash = new NorFlash(4);
    const ring = open(flash);
    fill(ring, 1, 0, 1);
    for (let i = 60; i < 170; i++) flash.stuck.add(SECTOR_BYTES + i);
    fill(ring, 1, 1, 20);
    assert.deepEqual(drain(open(flash)), range(1, 0, 21));
  });

  it("throws when flash keeps nothing, and goes on when it does again", () => {
    const flash = new NorFlash(4);
    for (let i = SECTOR_BYTES; i < flash.bytes; i++) flash.stuck.add(i);
    const ring = open(flash);
    assert.throws(() => fill(ring, 1, 0, 1), /does not keep/);
    flash.stuck.clear();
    fill(ring, 1, 0, 5);
    assert.deepEqual(drain(open(flash)), range(1, 0, 5));
  });

  it("loses no more than the rest of a sector where a bit of a record fell over", () => {
    const flash = new NorFlash(4);
    const ring = open(flash);
    const first = fillSector(ring, flash, 1, 0);
    fill(ring, 1, first, 5);
    flash.cells[SECTOR_BYTES + 1000] = (flash.cells[SECTOR_BYTES + 1000] ?? 0) ^ 4;
    const found = drain(open(flash));
    const lost = first - 1 - found.findIndex(([, sequence]) => sequence >= first - 1);
    assert.ok(lost > 0);
    assert.deepEqual(found.slice(-6), range(1, first - 1, 6));
    assert.deepEqual(found.slice(0, 10), range(1, 0, 10));
  });

  it("keeps every record before it, wherever in the bytes of a write the power is cut", () => {
    const prepared = new NorFlash(4);
    const before = open(prepared);
    const kept = fillSector(before, prepared, 1, 0) - 1;
    // Up to the last record of the sector, the one that begins the next, and a few more.
    for (let count = kept - 3; count < kept + 3; count++) {
      for (let energy = 0; energy < SECTOR_BYTES + 80; energy = energy < 80 || energy > SECTOR_BYTES - 8 ? energy + 1 : energy + 97) {
        const flash = new NorFlash(4);
        const ring = open(flash);
        fill(ring, 1, 0, count);
        flash.energy = energy;
        let made = 0;
        try {
          fill(ring, 1, count, 2);
          made = 2;
        } catch (error) {
          assert.ok(error instanceof PowerCut);
        }
        flash.energy = Infinity;
        const again = open(flash);
        fill(again, 2, 0, 2);
        const found = drain(again, 50);
        assert.deepEqual(found.slice(0, count), range(1, 0, count));
        assert.deepEqual(found.slice(-2), range(2, 0, 2));
        assert.ok(found.length >= count + made + 2 && found.length <= count + 4);
      }
    }
  });

  it("keeps each whole record that was not acknowledged, wherever the power is cut, and invents none", () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ append: fc.integer({ min: 1, max: 200 }) }) },
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
        let dropping = false;
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
            // The sector that was being erased was the oldest.
            if (error.during === "erase") dropping = true;
            restart();
          }
          if (ring.dropped) dropping = true;
        }
        restart();
        const found = drain(ring, 16).map(([itsBoot, number]) => `${itsBoot}/${number}`);
        // A ring that dropped its oldest sector keeps all from there on.
        const needed = dropping ? waiting.slice(waiting.findIndex((number) => found.includes(number))) : waiting;
        for (const number of needed) assert.ok(found.includes(number), `${number} is lost`);
        // Two of its three sectors at least.
        if (dropping) assert.ok(found.length > 300 || found.length >= waiting.length, `${found.length} of ${waiting.length}`);
        for (const number of found) assert.ok(maybe.has(number), `${number} was never made`);
        assert.equal(new Set(found).size, found.length);
      }),
      { numRuns: 200 },
    );
  });
});
