/**
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeFrame, encodeFrame } from "#firmware/wire/frame.ts";
import type { Ingest } from "#gateway/ingest/ingest.ts";
import { reading } from "#tests/gateway/store/samples.ts";
import { BOARD, NEIGHBOUR, STRANGER, TestBoard, withIngest } from "./rig.ts";
import type { Rig } from "./rig.ts";

const MESSAGE = { boot: 1, number: 9 };
const HONEST = BOARD.frame(MESSAGE, { records: [reading(), reading({ meter: 1, uptimeMs: 1500 })] });

function refusals(ingest: Ingest): number {
  return Object.values(ingest.counters.refused).reduce((sum, count) => sum + count, 0);
}

/** Gives the ingest bad messages; each must be refused, counted once, and leave nothing; the honest one must still be taken. */
async function refuseAll({ ingest, store, groups }: Rig, messages: Iterable<Uint8Array>): Promise<Set<string>> {
  const reasons = new Set<string>();
  let count = 0;
  for (const message of messages) {
    const outcome = await ingest.accept(message);
    assert.ok("refusal" in outcome, `message ${count} was taken`);
    reasons.add(outcome.refusal);
    count++;
    assert.equal(refusals(ingest), count);
  }
  assert.deepEqual(groups, []);
  assert.deepEqual(await store.readings({ limit: 1 }), []);
  assert.deepEqual(await store.progress(), []);
  assert.ok("ack" in (await ingest.accept(HONEST)));
  return reasons;
}

describe("ingest of bad messages", () => {
  it(
    "refuses one cut short at any byte",
    withIngest(async (rig) => {
      const cuts = Array.from(HONEST, (_, length) => HONEST.subarray(0, length));
      assert.deepEqual(await refuseAll(rig, cuts), new Set(["truncated"]));
    }),
  );

  it(
    "refuses one with any bit changed",
    withIngest(async (rig) => {
      const changed = Array.from({ length: HONEST.length * 8 }, (_, bit) => {
        const bytes = HONEST.slice();
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        return bytes;
      });
      const reasons = await refuseAll(rig, changed);
      for (const reason of ["badSeal", "malformed", "truncated", "unknownBoard"]) assert.ok(reasons.has(reason), reason);
    }),
  );

  it(
    "refuses one with bytes left over, and one too long",
    withIngest(async (rig) => {
      const longer = [1, 2, 100].map((more) => new Uint8Array([...HONEST, ...new Uint8Array(more)]));
      const tooLong = [1025, 4096, 65_507].map((length) => new Uint8Array(length).fill(0x84));
      assert.deepEqual(await refuseAll(rig, [...longer, ...tooLong]), new Set(["malformed", "oversized"]));
      assert.equal(rig.ingest.counters.refused.oversized, 3);
    }),
  );

  it(
    "refuses forgeries: a wrong secret, another board's keys, the other direction's, a stranger",
    withIngest(async (rig) => {
      const { plaintext } = encodeFrame({ stream: 0, uptimeMs: 5000, boot: 1, sequence: 1, records: [reading()] }, 1);
      const keys = [new TestBoard(BOARD.boardId, new Uint8Array(32)).keys.up, NEIGHBOUR.keys.up, BOARD.keys.down];
      const forged = keys.map((key) => BOARD.seal(MESSAGE, plaintext, key));
      assert.deepEqual(await refuseAll(rig, [...forged, STRANGER.frame(MESSAGE)]), new Set(["badSeal", "unknownBoard"]));
      assert.equal(rig.ingest.counters.refused.badSeal, 3);
    }),
  );

  it(
    "refuses well sealed plaintexts that are no frame, whatever CBOR they are",
    withIngest(async (rig) => {
      const { plaintext } = encodeFrame({ stream: 0, uptimeMs: 5000, boot: 1, sequence: 1, records: [reading()] }, 1);
      // Empty, integer, array, map, null, floats, bignum, indefinite lengths, text that is not UTF-8, a tag, huge lengths, deep nesting.
      const hex = ` 00 80 a0 f6 f97c00 fb7ff0000000000000 c249010000000000000000 9fff 5fff 63ffffff 7f61ffff d81e8200
        9b7fffffffffffffff 1bffffffffffffffff bb0000000100000000 818181818181818181818181`;
      const items = hex.split(/\s+/).map((item) => Buffer.from(item, "hex"));
      // Each item in the place of each byte of a good frame, too.
      const spliced = items.flatMap((item) =>
        Array.from(plaintext, (_, at) => Buffer.concat([plaintext.subarray(0, at), item, plaintext.subarray(at + 1)])),
      );
      const sealed = [...items, ...spliced].filter((bytes) => !isFrame(bytes)).map((bytes) => BOARD.seal(MESSAGE, bytes));
      assert.deepEqual(await refuseAll(rig, sealed), new Set(["malformed"]));
      assert.ok(sealed.length > 200);
    }),
  );

  it(
    "refuses random bytes, sealed or not, and never throws",
    withIngest(async (rig) => {
      const random = fc.sample(fc.uint8Array({ maxLength: 1200 }), { seed: 20269, numRuns: 300 });
      const plaintexts = fc.sample(fc.uint8Array({ maxLength: 900 }), { seed: 20270, numRuns: 300 });
      const sealed = plaintexts.map((bytes) => BOARD.seal(MESSAGE, bytes));
      // A beginning as the format has it brings random bytes further.
      const dressed = random.map((bytes) => new Uint8Array([...HONEST.subarray(0, bytes.length % 40), ...bytes]));
      await refuseAll(rig, [...random, ...sealed, ...dressed]);
    }),
  );

  it(
    "refuses a recording of all earlier frames, in any order",
    withIngest(async ({ ingest, store }) => {
      const frames = Array.from({ length: 20 }, (_, number) => BOARD.frame({ boot: 1 + Math.floor(number / 10), number: number % 10 }));
      for (const frame of frames) assert.ok("ack" in (await ingest.accept(frame)));
      const recorded = fc.shuffledSubarray(frames.slice(0, -1), { minLength: 1 });
      await fc.assert(
        fc.asyncProperty(recorded, async (replay) => {
          for (const frame of replay) assert.deepEqual(await ingest.accept(frame), { refusal: "replayed" });
        }),
        { seed: 20271, numRuns: 20 },
      );
      assert.equal((await store.readings({ limit: 99 })).length, 20);
      assert.equal(ingest.counters.accepted, 20);
    }),
  );
});

/** Whether a plaintext happens to be a frame, as some splices of a digit by a digit are. */
function isFrame(plaintext: Uint8Array): boolean {
  try {
    decodeFrame(plaintext, 1);
    return true;
  } catch {
    return false;
  }
}
