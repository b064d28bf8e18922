import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeAck, decodeFrame, encodeAck, encodeFrame, MAX_PLAINTEXT_BYTES } from "#firmware/wire/frame.ts";
import { CAUSE, SOURCE } from "#firmware/wire/records.ts";
import type { BoardEvent, BoardRecord, Checkpoint, Counters, Frame, Reading } from "#firmware/wire/records.ts";

const SEED = 20261122;
const u32 = fc.nat(0xffffffff);
const step = fc.oneof(fc.nat(300), fc.nat(2 ** 40));
const currentMa = fc.integer({ min: -40_000, max: 40_000 });

/** Counters only grow and time never runs back in a frame: records are built from steps. */
const reading = fc.record({
  kind: fc.constant("reading" as const),
  meter: fc.nat(7),
  uptimeMs: step,
  currentMa,
  below: fc.nat(5000),
  above: fc.nat(5000),
  voltageMv: fc.integer({ min: -1000, max: 60_000 }),
  importMwh: step,
  exportMwh: step,
  relays: fc.nat(15),
  flags: fc.nat(31),
  chargePermille: fc.option(fc.nat(1000), { nil: undefined }),
});
const event = fc.record({
  kind: fc.constant("event" as const),
  uptimeMs: step,
  cause: fc.constantFrom(...Object.values(CAUSE)),
  source: fc.constantFrom(...Object.values(SOURCE)),
  value: fc.integer({ min: -(2 ** 31 - 1), max: 2 ** 31 - 1 }),
  limit: fc.integer({ min: -(2 ** 31 - 1), max: 2 ** 31 - 1 }),
});

const fineRecords = fc.array(fc.oneof(reading, event), { minLength: 1, maxLength: 120 }).map((steps): (Reading | BoardEvent)[] => {
  let uptimeMs = 0;
  const counters: Counters[] = Array.from({ length: 8 }, () => ({ importMwh: 0, exportMwh: 0 }));
  return steps.map((made) => {
    uptimeMs += made.uptimeMs;
    if (made.kind === "event") return { ...made, uptimeMs };
    const { below, above, chargePermille, ...rest } = made;
    const counter = counters[made.meter] ?? { importMwh: 0, exportMwh: 0 };
    counter.importMwh += made.importMwh;
    counter.exportMwh += made.exportMwh;
    const bounds = { minCurrentMa: made.currentMa - below, maxCurrentMa: made.currentMa + above };
    return { ...rest, ...bounds, ...counter, uptimeMs, ...(chargePermille === undefined ? {} : { chargePermille }) };
  });
});

const coarseRecords = fc
  .tuple(fc.integer({ min: 1, max: 8 }), fc.array(fc.tuple(step, fc.option(fc.nat(1000)), fc.array(step, { minLength: 16, maxLength: 16 }), fc.nat(31)), { minLength: 1, maxLength: 60 }))
  .map(([meters, steps]): Checkpoint[] => {
    let uptimeMs = 0;
    let slot = 179_000_000;
    const counters: Counters[] = Array.from({ length: meters }, () => ({ importMwh: 0, exportMwh: 0 }));
    return steps.map(([elapsed, slots, grown, flags]) => {
      uptimeMs += elapsed;
      if (slots !== null) slot += slots;
      counters.forEach((counter, i) => {
        counter.importMwh += grown[2 * i] ?? 0;
        counter.exportMwh += grown[2 * i + 1] ?? 0;
      });
      return { kind: "checkpoint", uptimeMs, slot: slots === null ? null : slot, flags, meters: counters.map((counter) => ({ ...counter })) };
    });
  });

const run = <Records extends BoardRecord>(stream: 0 | 1, records: fc.Arbitrary<Records[]>): fc.Arbitrary<Frame> =>
  fc.record({ stream: fc.constant(stream), uptimeMs: fc.nat(2 ** 47), boot: fc.nat(0xffffff), sequence: fc.nat(0xfffffff), records });
const frame = fc.oneof(run(0, fineRecords), run(1, coarseRecords));

describe("frames", () => {
  it("come back from their encoding as they were, as far as they fit", () => {
    fc.assert(
      fc.property(frame, (sent) => {
        const { plaintext, count } = encodeFrame(sent);
        assert.ok(count >= 1 && plaintext.length <= MAX_PLAINTEXT_BYTES);
        assert.deepEqual(decodeFrame(plaintext), { ...sent, records: sent.records.slice(0, count) });
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it("can be sent in as many pieces as their records need", () => {
    fc.assert(
      fc.property(run(0, fineRecords), (sent) => {
        const received: BoardRecord[] = [];
        while (received.length < sent.records.length) {
          const piece = encodeFrame({ ...sent, sequence: sent.sequence + received.length, records: sent.records.slice(received.length) });
          received.push(...decodeFrame(piece.plaintext).records);
        }
        assert.deepEqual(received, sent.records);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it("have one encoding only: whatever decodes is encoded to the same bytes", () => {
    fc.assert(
      fc.property(frame, fc.nat(), fc.nat(255), (sent, at, byte) => {
        const { plaintext } = encodeFrame(sent);
        plaintext[at % plaintext.length] = byte;
        let decoded: Frame;
        try {
          decoded = decodeFrame(plaintext);
        } catch (error) {
          assert.match(String(error), /^Error: (CBOR|frame): /);
          return;
        }
        const again = encodeFrame(decoded);
        // A changed frame may hold longer records than one that a board would fill; what fits must be the same.
        if (again.count === decoded.records.length) assert.deepEqual(again.plaintext, plaintext);
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it("are refused when cut short anywhere", () => {
    fc.assert(
      fc.property(frame, fc.nat(), (sent, cut) => {
        const { plaintext } = encodeFrame(sent);
        assert.throws(() => decodeFrame(plaintext.slice(0, cut % plaintext.length)), /^Error: (CBOR|frame): /);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it("are refused when a counter or time runs backwards, and not written without a record", () => {
    const first: Reading = { kind: "reading", meter: 0, uptimeMs: 10, currentMa: 0, minCurrentMa: 0, maxCurrentMa: 0, voltageMv: 0, importMwh: 5, exportMwh: 5, relays: 0, flags: 0 };
    const head = { stream: 0, uptimeMs: 20, boot: 1, sequence: 1 } as const;
    // A negative difference decodes as an error; the writer leaves that to the reader, which every frame meets.
    for (const second of [{ ...first, importMwh: 4 }, { ...first, exportMwh: 4 }, { ...first, uptimeMs: 9 }]) {
      const { plaintext } = encodeFrame({ ...head, records: [first, second] });
      assert.throws(() => decodeFrame(plaintext), /not within 0/);
    }
    assert.throws(() => encodeFrame({ ...head, records: [] }), /no records/);
  });
});

describe("acknowledgements", () => {
  it("come back from their encoding as they were", () => {
    const ack = fc.record({ frameBoot: fc.nat(0xffffff), frameNumber: u32, stream: fc.constantFrom(0 as const, 1 as const), boot: fc.nat(0xffffff), sequence: u32, utcMs: fc.nat(2 ** 45) });
    fc.assert(
      fc.property(ack, (sent) => {
        assert.deepEqual(decodeAck(encodeAck(sent)), { ...sent });
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});
