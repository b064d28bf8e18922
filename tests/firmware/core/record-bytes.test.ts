import assert from "node:assert/strict";
import fc from "fast-check";
import { checkpointBytes, FINE_BYTES, readRecord, writeRecord } from "#firmware/core/record-bytes.ts";
import type { BoardRecord } from "#firmware/wire/records.ts";
import { checkpoints, events, readings } from "./records.ts";

function roundTrip(record: BoardRecord, length: number): BoardRecord {
  const bytes = new Uint8Array(length + 4).fill(0xa5);
  const own = bytes.subarray(2, 2 + length);
  own.fill(0);
  writeRecord(record, own);
  assert.deepEqual([...bytes.subarray(0, 2), ...bytes.subarray(-2)], [0xa5, 0xa5, 0xa5, 0xa5]);
  return readRecord(own);
}

describe("records as bytes", () => {
  it("give back every reading and event", () => {
    fc.assert(fc.property(fc.oneof(readings, events), (record) => assert.deepEqual(roundTrip(record, FINE_BYTES), record)));
  });

  it("give back every checkpoint, for any number of meters", () => {
    const any = fc.integer({ min: 1, max: 8 }).chain((count) => checkpoints(count));
    fc.assert(fc.property(any, (record) => assert.deepEqual(roundTrip(record, checkpointBytes(record.meters.length)), record)));
  });
});
