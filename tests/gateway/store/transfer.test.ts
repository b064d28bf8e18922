/**
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { BoardRecord } from "#firmware/wire/records.ts";
import type { CommittedFrame, ReceivedFrame } from "#gateway/store/store.ts";
import { packFrames, packResult, unpackFrames, unpackResult } from "#gateway/store/sqlite/transfer.ts";
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
        assert.deepEqual(unpackFrames(packFrames(frames)), frames);
      }),
    );
  });

  it("bring back which of their records were stored", () => {
    const small = frame.map((received) => ({ ...received, frame: { ...received.frame, sequence: received.frame.sequence % 1000 } }));
    fc.assert(
      fc.property(fc.array(small, { maxLength: 5 }), fc.infiniteStream(fc.boolean()), (frames, choices) => {
        // What the thread would say of all, thinned out.
        const all = unpackResult(frames, new Uint8Array(1000).fill(1));
        const committed = all.map(({ stored }): CommittedFrame => {
          const kept = stored.filter(() => choices.next().value);
          return { stored: kept, duplicates: stored.length - kept.length };
        });
        assert.deepEqual(unpackResult(frames, packResult(frames, committed)), committed);
      }),
    );
  });

  it("are not sent for a board id that is none", () => {
    const [received = assert.fail()] = fc.sample(frame, 1);
    assert.throws(() => packFrames([{ ...received, boardId: "nobody" }]), /is no board id/);
  });
});
