/**
 * @module
 */
import assert from "node:assert/strict";
import { decodeMultiple } from "cbor-x";
import { createHttpFrames } from "#gateway/ingest/http.ts";
import { BOARD, NEIGHBOUR, STRANGER, withIngest } from "./rig.ts";

const join = (...messages: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(messages));

describe("frames over HTTP", () => {
  it(
    "are taken in their order, and answered one by one: a sealed acknowledgement, or a reason",
    withIngest(async ({ ingest, store }) => {
      const frames = [BOARD.frame({ boot: 1, number: 1 }), STRANGER.frame({ boot: 1, number: 1 }), BOARD.frame({ boot: 1, number: 2 })];
      const sequence = join(...frames, NEIGHBOUR.frame({ boot: 4, number: 0 }), frames[0] ?? assert.fail());
      const { status, contentType, body } = await createHttpFrames(ingest).acceptSequence(sequence);
      assert.deepEqual([status, contentType], [200, "application/cbor-seq"]);
      const items: unknown[] = decodeMultiple(body) ?? [];
      assert.equal(items.length, 5);
      assert.equal(items[1], "board not admitted");
      assert.equal(items[4], "frame number used before");
      // The answers stand in the body as they were sealed, one behind the other.
      const first = BOARD.open(body.subarray(0, lengthOfFirst(body)));
      assert.equal(first.ack.frameNumber, 1);
      assert.equal((await store.readings({ limit: 9 })).length, 3);
    }),
  );

  it(
    "of one board's week do not meet its bound in the queue",
    withIngest(async ({ ingest, store }) => {
      const frames = Array.from({ length: 300 }, (_, number) => BOARD.frame({ boot: 1, number }));
      const { status } = await createHttpFrames(ingest).acceptSequence(join(...frames));
      assert.equal(status, 200);
      assert.equal((await store.readings({ limit: 999 })).length, 300);
    }),
  );

  it(
    "are refused as a whole when they are no sequence of sealed frames, or too many bytes",
    withIngest(async ({ ingest, store }) => {
      const { acceptSequence } = createHttpFrames(ingest);
      const good = BOARD.frame({ boot: 1, number: 1 });
      for (const bad of [new Uint8Array(0), good.subarray(0, 20), join(good, Uint8Array.of(0)), join(good, good.subarray(0, good.length - 1))]) {
        assert.equal((await acceptSequence(bad)).status, 400);
      }
      assert.equal((await acceptSequence(new Uint8Array(1024 * 1024 + 1))).status, 413);
      assert.equal(ingest.counters.refused.malformed, 4);
      assert.deepEqual(await store.readings({ limit: 1 }), []);
    }),
  );

  it(
    "are to be sent again when the store takes none: 503 with Retry-After",
    withIngest(async ({ ingest, gate }) => {
      gate.failure = new Error("disk full");
      const request = new Request("http://gateway/api/v1/frames", { method: "POST", body: new Uint8Array(BOARD.frame({ boot: 1, number: 1 })) });
      const response = await createHttpFrames(ingest).post(request);
      assert.deepEqual([response.status, response.headers.get("retry-after")], [503, "5"]);
      assert.deepEqual(decodeMultiple(new Uint8Array(await response.arrayBuffer())), ["store failed"]);
    }),
  );
});

/** Bytes of the first item, found by what the board's parser takes. */
function lengthOfFirst(body: Uint8Array): number {
  for (let length = 1; length <= body.length; length++) {
    try {
      BOARD.open(body.subarray(0, length));
      return length;
    } catch {
      continue;
    }
  }
  return assert.fail("no acknowledgement");
}
