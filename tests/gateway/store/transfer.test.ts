/**
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { BoardRecord } from "#firmware/wire/records.ts";
import type { ReceivedFrame } from "#gateway/store/store.ts";
import { packAgain, readHeads } from "#gateway/store/sqlite/heads.ts";
import { boardIdOf } from "#gateway/store/sqlite/rows.ts";
import { packFrames, unpackFrame, unpackResult } from "#gateway/store/sqlite/transfer.ts";
import { checkpoint, event, reading } from "./samples.ts";

const safe = fc.maxSafeNat();
const signed = fc.integer({ min: -(2 ** 31 - 1), max: 2 ** 31 - 1 });
const record: fc.Arbitrary<BoardRecord> = fc.oneof(
  fc.tuple(safe, signed, safe, fc.option(fc.nat(1000), { nil: undefined })).map(([uptimeMs, currentMa, importMwh, chargePermille]) =>
    reading({ uptimeMs, currentMa, importMwh, ...(chargePermille !== undefined && { chargePermille }) }),
  ),
  fc.tuple(safe, signed).map(([uptimeMs, value]) => event({ uptimeMs, value })),
  fc
    .tuple(fc.option(fc.nat()), fc.array(fc.record({ importMwh: safe, exportMwh: safe }, { noNullPrototype: true }), { minLength: 1, maxLength: 8 }))
    .map(([slot, meters]) => checkpoint({ slot, meters })),
);
const frame: fc.Arbitrary<ReceivedFrame> = fc
  .record({
    boardId: fc.nat(2 ** 48 - 1).map((board) => board.toString(16).padStart(12, "0")),
    numbers: fc.tuple(safe, safe, safe, safe, safe, safe, safe),
    bootUtcMs: fc.option(safe),
    bounds: fc.option(fc.record({ earliestUtcMs: fc.option(safe), latestUtcMs: safe }, { noNullPrototype: true })),
    stream: fc.constantFrom(0 as const, 1 as const),
    records: fc.array(record, { maxLength: 6 }),
  })
  .map(({ boardId, numbers, bootUtcMs, bounds, stream, records }) => {
    const [frameBoot, frameNumber, receivedUtcMs, frameBootUtcMs, uptimeMs, boot, sequence] = numbers;
    const received = { boardId, frameBoot, frameNumber, receivedUtcMs, frameBootUtcMs, bootUtcMs };
    return { ...received, ...(bounds !== null && { bootBounds: bounds }), frame: { stream, uptimeMs, boot, sequence, records } };
  });

describe("frames on their way to the database thread", () => {
  it("come out as they went in", () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 5 }), (frames) => {
        const heads = readHeads(packFrames(frames));
        assert.deepEqual(heads.map((head) => ({ boardId: boardIdOf(head.board), ...unpackFrame(head) })), frames);
      }),
    );
  });

  it("can be packed anew without some of them", () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 5 }), fc.nat(1), (frames, parity) => {
        const odd = <T>(all: T[]): T[] => all.filter((_, index) => index % 2 === parity);
        assert.deepEqual(packAgain(odd(readHeads(packFrames(frames)))), packFrames(odd(frames)));
      }),
    );
  });

  it("are refused when any number is not whole, whichever it is", () => {
    const wrong = fc.constantFrom(0.5, -1.25, Infinity, -Infinity, 2 ** 53, 1e300);
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 3 }), fc.nat(), wrong, (frames, place, value) => {
        const packed = packFrames(frames);
        packed[place % packed.length] = value;
        assert.throws(() => readHeads(packed), /no whole number/);
      }),
    );
  });

  it("are refused when they are cut short, and with nothing where something belongs", () => {
    const packed = packFrames([{ ...(fc.sample(frame, 1)[0] ?? assert.fail()), frame: { stream: 0, uptimeMs: 1, boot: 1, sequence: 1, records: [reading(), event()] } }]);
    for (let length = 1; length < packed.length; length++) assert.throws(() => readHeads(packed.slice(0, length)), /no whole number/);
    // Null may be: the boot's time and its bounds, and the reading's charge.
    const nullable = [5, 6, 7, 24];
    for (let at = 0; at < packed.length; at++) {
      const holed = packed.slice();
      holed[at] = NaN;
      if (nullable.includes(at)) assert.equal(readHeads(holed).length, 1);
      else assert.throws(() => readHeads(holed), /no whole number/);
    }
  });

  it("bring back which of their records were stored", () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 5 }), fc.infiniteStream(fc.boolean()), (frames, choices) => {
        const isStored = frames.flatMap(({ frame: { records } }) => records.map(() => choices.next().value === true));
        const results = unpackResult(frames, Uint8Array.from(isStored, Number));
        for (const { boardId, frame: { boot, sequence, records } } of frames) {
          const expected = records.flatMap(({ kind }, index) => (isStored.shift() === true ? [{ kind, boardId, boot, sequence: sequence + index }] : []));
          const { stored, duplicates } = results.shift() ?? assert.fail();
          assert.deepEqual(stored.map((one) => ({ kind: one.kind, boardId: one.boardId, boot: one.boot, sequence: one.sequence })), expected);
          assert.equal(duplicates, records.length - stored.length);
        }
      }),
    );
  });

  it("are not sent for a board id that is none", () => {
    const [received = assert.fail()] = fc.sample(frame, 1);
    assert.throws(() => packFrames([{ ...received, boardId: "nobody" }]), /is no board id/);
  });
});
