import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { readKept, type Kept } from "#firmware/core/kept-records.ts";
import { Recorder } from "#firmware/core/recorder.ts";
import { CAUSE, SOURCE, STREAM, type BoardEvent, type Checkpoint } from "#firmware/wire/records.ts";
import { NorFlash } from "./nor-flash.ts";
import { plainReading } from "./records.ts";

function checkpoint(slot: number | null, importMwh: number): Checkpoint {
  return {
    kind: "checkpoint",
    uptimeMs: 0,
    slot,
    flags: 0,
    meters: [
      { importMwh, exportMwh: 5 },
      { importMwh: 0, exportMwh: importMwh },
    ],
  };
}

function keptIn(flash: NorFlash, boot: number): Kept {
  return readKept(new Recorder(flash, crc32, 0, boot, 2));
}

describe("recorder", () => {
  it("numbers each stream from 0 in each boot", () => {
    const flash = new NorFlash(16);
    const recorder = new Recorder(flash, crc32, 0, 3, 2);
    recorder.append(plainReading(0, 1));
    recorder.append(checkpoint(1, 1));
    recorder.append(plainReading(1, 1));
    new Recorder(flash, crc32, 0, 4, 2).append(plainReading(0, 1));
    const again = new Recorder(flash, crc32, 0, 5, 2);
    const fine = again.rings[STREAM.fine]?.oldest(8);
    const coarse = again.rings[STREAM.coarse]?.oldest(8);
    assert.deepEqual([fine?.boot, fine?.sequence, fine?.records.length], [3, 0, 2]);
    assert.deepEqual([coarse?.boot, coarse?.sequence, coarse?.records.length], [3, 0, 1]);
  });

  it("knows nothing in new flash", () => {
    const zero = { importMwh: 0, exportMwh: 0 };
    assert.deepEqual(keptIn(new NorFlash(16), 1), { counters: [zero, zero], chargePermille: null, slot: null });
  });

  it("restores counters from whichever record is newest, with the charge and the slot", () => {
    const flash = new NorFlash(16);
    const recorder = new Recorder(flash, crc32, 0, 1, 2);
    recorder.append({ ...plainReading(0, 1, 100, 10), chargePermille: 400 });
    recorder.append({ ...plainReading(0, 2, 110, 10), chargePermille: 410 });
    recorder.append(plainReading(1, 2, 7, 20));
    recorder.append(checkpoint(77, 115));
    recorder.append(checkpoint(78, 120));
    assert.deepEqual(keptIn(flash, 2), {
      counters: [
        { importMwh: 120, exportMwh: 10 },
        { importMwh: 7, exportMwh: 120 },
      ],
      chargePermille: 410,
      slot: 78,
    });
  });

  it("keeps checkpoints when readings have filled their ring many times over", () => {
    const recorder = new Recorder(new NorFlash(8), crc32, 0, 1, 2);
    recorder.append(checkpoint(1, 1));
    for (let i = 0; i < 3000; i++) recorder.append(plainReading(0, i));
    assert.equal(recorder.rings[STREAM.fine]?.dropped, true);
    assert.equal(recorder.rings[STREAM.coarse]?.oldest(8)?.records.length, 1);
  });

  it("shows the newest reading of each meter, numbered without a gap", () => {
    const recorder = new Recorder(new NorFlash(16), crc32, 0, 3, 2);
    const event: BoardEvent = { kind: "event", uptimeMs: 1, cause: CAUSE.boot, source: SOURCE.off, value: 0, limit: 0 };
    for (const record of [event, plainReading(0, 1), plainReading(1, 1), plainReading(0, 2), plainReading(1, 2)]) recorder.append(record);
    assert.deepEqual([recorder.live.boot, recorder.live.sequence, recorder.live.records], [3, 3, [plainReading(0, 2), plainReading(1, 2)]]);
    recorder.append(event);
    recorder.append(plainReading(0, 3));
    assert.deepEqual([recorder.live.sequence, recorder.live.records], [6, [plainReading(0, 3)]]);
  });

  it("stays within its region, behind what lies in front of it", () => {
    for (const sectors of [8, 16, 17]) {
      const flash = new NorFlash(sectors);
      const recorder = new Recorder(flash, crc32, 8192, 1, 2);
      for (let i = 0; i < sectors * 80; i++) {
        recorder.append(plainReading(0, i));
        recorder.append(checkpoint(i, i));
      }
      assert.ok(flash.cells.subarray(0, 8192).every((byte) => byte === 0xff));
    }
  });
});
