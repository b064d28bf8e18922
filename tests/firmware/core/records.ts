/**
 * Random records as a board makes them.
 * @module
 */
import fc from "fast-check";
import { CAUSE, SOURCE, type BoardEvent, type BoardRecord, type Checkpoint, type Reading } from "#firmware/wire/records.ts";

const int32 = fc.integer({ min: -0x7fffffff, max: 0x7fffffff });
const counter = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const plain = { noNullPrototype: true };
const flags = fc.integer({ min: 0, max: 31 });

export const readings: fc.Arbitrary<Reading> = fc
  .record({
    meter: fc.integer({ min: 0, max: 7 }),
    uptimeMs: counter,
    currentMa: int32,
    minCurrentMa: int32,
    maxCurrentMa: int32,
    voltageMv: int32,
    importMwh: counter,
    exportMwh: counter,
    relays: fc.integer({ min: 0, max: 15 }),
    flags,
    charge: fc.option(fc.integer({ min: 0, max: 1000 })),
  }, plain)
  .map(({ charge, ...reading }) => ({ kind: "reading", ...reading, ...(charge === null ? {} : { chargePermille: charge }) }));

export const events: fc.Arbitrary<BoardEvent> = fc.record({
  kind: fc.constant("event"),
  uptimeMs: counter,
  cause: fc.constantFrom(...Object.values(CAUSE)),
  source: fc.constantFrom(...Object.values(SOURCE)),
  value: int32,
  limit: int32,
}, plain);

export function checkpoints(meters: number): fc.Arbitrary<Checkpoint> {
  return fc.record({
    kind: fc.constant("checkpoint"),
    uptimeMs: counter,
    slot: fc.option(fc.integer({ min: 0, max: 0xfffffffe })),
    flags,
    meters: fc.array(fc.record({ importMwh: counter, exportMwh: counter }, plain), { minLength: meters, maxLength: meters }),
  }, plain);
}

export function plainReading(meter: number, uptimeMs: number, importMwh = 0, exportMwh = 0): Reading {
  return {
    kind: "reading",
    meter,
    uptimeMs,
    currentMa: 100,
    minCurrentMa: 90,
    maxCurrentMa: 110,
    voltageMv: 12000,
    importMwh,
    exportMwh,
    relays: 1,
    flags: 0,
  };
}

export function uptimes(records: BoardRecord[]): number[] {
  return records.map((record) => record.uptimeMs);
}
