import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeFrame, encodeFrame, MAX_PLAINTEXT_BYTES } from "#firmware/wire/frame.ts";
import { MAX_CAUSE, SOURCE } from "#firmware/wire/records.ts";
import type { BoardEvent, BoardRecord, Checkpoint, Counters, Frame, Reading } from "#firmware/wire/records.ts";

const SEED = 20261122;
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
  // Those without a name yet are kept, too.
  cause: fc.nat(MAX_CAUSE).map((cause) => cause as BoardEvent["cause"]),
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

/** The boot that seals a frame: most often the records' own. */
function sealedBoot({ boot }: Frame, later: number): number {
  return later % 3 === 0 ? (boot + later) & 0xffffff : boot;
}

describe("frames", () => {
  it("come back from their encoding as they were, as far as they fit", () => {
    fc.assert(
      fc.property(frame, fc.nat(9), (sent, later) => {
        const { plaintext, count } = encodeFrame(sent, sealedBoot(sent, later));
        assert.ok(count >= 1 && plaintext.length <= MAX_PLAINTEXT_BYTES);
        assert.deepEqual(decodeFrame(plaintext, sealedBoot(sent, later)), { ...sent, records: sent.records.slice(0, count) });
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it("can be sent in as many pieces as their records need", () => {
    fc.assert(
      fc.property(run(0, fineRecords), (sent) => {
        const received: BoardRecord[] = [];
        while (received.length < sent.records.length) {
          const piece = encodeFrame({ ...sent, sequence: sent.sequence + received.length, records: sent.records.slice(received.length) }, sent.boot);
          received.push(...decodeFrame(piece.plaintext, sent.boot).records);
        }
        assert.deepEqual(received, sent.records);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it("have one encoding only: whatever decodes is encoded to the same bytes", () => {
    fc.assert(
      fc.property(frame, fc.nat(9), fc.nat(), fc.nat(255), (sent, later, at, byte) => {
        const boot = sealedBoot(sent, later);
        const { plaintext } = encodeFrame(sent, boot);
        plaintext[at % plaintext.length] = byte;
        let decoded: Frame;
        try {
          decoded = decodeFrame(plaintext, boot);
        } catch (error) {
          assert.match(String(error), /^Error: (CBOR|frame): /);
          return;
        }
        const again = encodeFrame(decoded, boot);
        // A changed frame may hold longer records than one that a board would fill; what fits must be the same.
        if (again.count === decoded.records.length) assert.deepEqual(again.plaintext, plaintext);
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it("cut short anywhere are refused, or are the frame of fewer records", () => {
    fc.assert(
      fc.property(frame, fc.nat(), (sent, cut) => {
        const { plaintext, count } = encodeFrame(sent, sent.boot);
        let { records }: Pick<Frame, "records"> = sent;
        try {
          records = decodeFrame(plaintext.slice(0, cut % plaintext.length), sent.boot).records;
        } catch (error) {
          assert.match(String(error), /^Error: (CBOR|frame): /);
          return;
        }
        // A sequence has no length of its own: the seal around it is what shows a cut.
        assert.ok(records.length < count);
        assert.deepEqual(records, sent.records.slice(0, records.length));
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it("end before a checkpoint of another number of meters", () => {
    const one = { importMwh: 1, exportMwh: 2 };
    const checkpoint = (meters: Counters[]): Checkpoint => ({ kind: "checkpoint", uptimeMs: 5, slot: null, flags: 0, meters });
    const records = [checkpoint([one]), checkpoint([one]), checkpoint([one, one])];
    const { plaintext, count } = encodeFrame({ stream: 1, uptimeMs: 9, boot: 1, sequence: 0, records }, 1);
    assert.equal(count, 2);
    assert.deepEqual(decodeFrame(plaintext, 1).records, records.slice(0, 2));
  });

  it("are refused when a counter or time runs backwards, and not written without a record", () => {
    const first: Reading = { kind: "reading", meter: 0, uptimeMs: 10, currentMa: 0, minCurrentMa: 0, maxCurrentMa: 0, voltageMv: 0, importMwh: 5, exportMwh: 5, relays: 0, flags: 0 };
    const head = { stream: 0, uptimeMs: 20, boot: 1, sequence: 1 } as const;
    // A negative difference decodes as an error; the writer leaves that to the reader, which every frame meets.
    for (const second of [{ ...first, importMwh: 4 }, { ...first, exportMwh: 4 }, { ...first, uptimeMs: 9 }]) {
      const { plaintext } = encodeFrame({ ...head, records: [first, second] }, 1);
      assert.throws(() => decodeFrame(plaintext, 1), /not within 1/);
    }
    assert.throws(() => encodeFrame({ ...head, records: [] }, 1), /no records/);
  });
});
