import assert from "node:assert/strict";
import fc from "fast-check";
import { presentBatch, presentBoard, presentEvent, presentReading } from "#gateway/api/present.ts";
import type { BoardEvent, Reading } from "#gateway/api/schemas/records.ts";
import type { Batch } from "#gateway/api/schemas/batches.ts";
import type { AdmittedBoard } from "#gateway/store/store.ts";
import { texts } from "#gateway/web/app/texts.ts";
import { SHOWN_BATCHES, withBatch, withLatestEvent, withLatestReading } from "#gateway/web/app/updates.ts";

const BOARD = "24a160aabbcc";
const admitted: AdmittedBoard = {
  boardId: BOARD,
  name: "Hall",
  role: "consumer",
  meters: [{ meter: 0, kind: "battery", name: "Battery line", ratedPowerW: 240 }],
  wrappedSecret: new Uint8Array(),
  admittedUtcMs: 0,
};
const BOARDS = [presentBoard(admitted, { readings: [], events: [] }, undefined)];

function reading(boot: number, sequence: number): Reading {
  const energy = { importMwh: 0, exportMwh: 0, relays: 1, flags: 0, batch: null, leaf: null };
  const values = { currentMa: 0, minCurrentMa: 0, maxCurrentMa: 0, voltageMv: 0, uptimeMs: sequence * 1000, ...energy };
  return presentReading({ kind: "reading", boardId: BOARD, boot, sequence, meter: 0, endUtcMs: boot * 1e6 + sequence * 1000, ...values });
}

function event(boot: number, sequence: number, change: Partial<Parameters<typeof presentEvent>[0]> = {}): BoardEvent {
  const values = { cause: 1, source: 2, value: 248, limit: 250 } as const;
  return presentEvent({ kind: "event", boardId: BOARD, boot, sequence, uptimeMs: 1, utcMs: null, ...values, ...change });
}

function batch(number: number): Batch {
  const state = { state: "signed", hash: "0x", nonce: 0, raw: "0x", blockNumber: null, blockHash: null } as const;
  const period = { fromUtcMs: 0, toUtcMs: 0, slot: 0, createdUtcMs: 0 };
  return presentBatch({ number, root: "0x", readingCount: 0, ...period, transaction: { id: 1, kind: "commit", subject: number, createdUtcMs: 0, ...state } });
}

describe("what the dashboard shows", () => {
  const numbers = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 1200 })), { minLength: 1, maxLength: 20 });
  const newestOf = (all: [number, number][]) => all.reduce((a, b) => (b[0] > a[0] || (b[0] === a[0] && b[1] >= a[1]) ? b : a));

  it("is the newest reading of a meter, in whatever order a backlog comes", () => {
    fc.assert(
      fc.property(numbers, (all) => {
        const boards = all.reduce((shown, [boot, sequence]) => withLatestReading(shown, reading(boot, sequence)), BOARDS);
        const [boot, sequence] = newestOf(all);
        assert.equal(boards[0]?.meters[0]?.latestReading?.id, `${BOARD}-${boot}-${sequence}`);
        assert.equal(boards[0]?.newestUtcMs, Math.max(...all.map((one) => one[0] * 1e6 + one[1] * 1000)));
      }),
      { seed: 8 },
    );
  });

  it("is the newest event of a board, and its source", () => {
    fc.assert(
      fc.property(numbers, (all) => {
        const boards = all.reduce((shown, [boot, sequence]) => withLatestEvent(shown, event(boot, sequence)), BOARDS);
        const [boot, sequence] = newestOf(all);
        assert.equal(boards[0]?.latestEvent?.id, `${BOARD}-${boot}-${sequence}`);
        assert.equal(boards[0]?.source, "bus");
      }),
      { seed: 9 },
    );
  });

  it("leaves other boards and what it was given alone", () => {
    const before = structuredClone(BOARDS);
    const other = { ...reading(1, 1), boardId: "000000000000" };
    assert.deepEqual(withLatestReading(BOARDS, other), before);
    withLatestReading(BOARDS, reading(1, 1));
    assert.deepEqual(BOARDS, before);
  });

  it("is each batch once, the newest ones, newest first", () => {
    const shown = [3, 1, 2, 3, 12, 11, 10, 9, 8, 7, 6, 5, 4].reduce<Batch[]>((batches, number) => withBatch(batches, batch(number)), []);
    assert.deepEqual(shown.map(({ number }) => number), [12, 11, 10, 9, 8, 7, 6, 5]);
    assert.equal(shown.length, SHOWN_BATCHES);
  });
});

describe("the reason for a relay's state", () => {
  it("names the source, the time, what was measured and the limit", () => {
    const words = texts.now.reason(event(1, 1), "14:02:10").replaceAll("\u00a0", " ");
    assert.equal(words, "On the neighbours’ bus since 14:02:10: battery 24.8 %, at or below your limit of 25 %.");
  });

  it("is a sentence for every cause and source, in the unit of its cause", () => {
    for (let cause = 0; cause <= 9; cause++) {
      for (let source = 0; source <= 4; source++) {
        // All of both enumerations.
        const change = { cause, source, value: 12_345, limit: 20_000 } as Partial<Parameters<typeof presentEvent>[0]>;
        const words = texts.now.reason(event(1, 1, change), null);
        assert.match(words, /^[A-Z].+ since .+: .+\.$/);
        assert.doesNotMatch(words, /undefined|NaN/);
      }
    }
    assert.match(texts.now.reason(event(1, 1, { cause: 5, source: 0, value: 21_300, limit: 20_000 }), null), /21\.3\sA, above the trip limit of 20\.0\sA/);
    assert.match(texts.now.reason(event(1, 1, { cause: 8, source: 1, value: 300, limit: 9000 }), null), /0\.30\sV, below 9\.00\sV/);
  });
});
