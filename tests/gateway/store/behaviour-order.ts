/**
 * Rollups do not depend on the order in which readings come, nor on how often.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { MeterSeries, Resolution } from "#gateway/store/history.ts";
import type { ReceivedFrame, Store } from "#gateway/store/store.ts";
import { framesOf, live } from "./meters.ts";
import type { NumberedReading } from "./meters.ts";
import { BOOT_UTC_MS, admitted } from "./samples.ts";
import type { WithStore } from "./store-suite.ts";

const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
const T0 = BOOT_UTC_MS;
const FROM_MS = T0 - DAY_MS;

/** A boot's readings, without those that were lost. */
interface BootLife {
  boot: number;
  fromUtcMs: number | null;
  readings: NumberedReading[];
}

/** Two meters' lives over up to four boots with gaps, lost readings, a boot without a time, and clocks that jump. */
const lives = fc
  .array(
    fc.record({
      count: fc.integer({ min: 1, max: 60 }),
      everyMs: fc.constantFrom(7000, 10_000, 60_000, QUARTER_MS),
      pauseMs: fc.oneof(fc.integer({ min: 0, max: 600_000 }), fc.constantFrom(-300_000, 3_600_000, 9 * DAY_MS)),
      hasTime: fc.integer({ min: 0, max: 5 }).map((roll) => roll > 0),
      lost: fc.array(fc.integer({ min: 0, max: 119 }), { maxLength: 40 }),
      powerW: fc.array(fc.integer({ min: -5000, max: 5000 }), { minLength: 1, maxLength: 20 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((boots): BootLife[] => {
    const counters = [
      { importMwh: 70_000, exportMwh: 0 },
      { importMwh: 0, exportMwh: 9 },
    ];
    let fromUtcMs = T0;
    let sequence = 1;
    return boots.map(({ count, everyMs, pauseMs, hasTime, lost, powerW }, boot) => {
      fromUtcMs += pauseMs;
      const power = (meter: number, index: number): number => (powerW[(index + meter) % powerW.length] ?? 0) * (meter + 1);
      const all = live({ meters: 2, boot, fromUtcMs, count, everyMs, powerW: power, counters, sequence, chargePermille: (index) => 900 - (index % 100) });
      const life = { boot, fromUtcMs: hasTime ? fromUtcMs : null, readings: all.filter((_, index) => !lost.includes(index)) };
      fromUtcMs += count * everyMs;
      sequence += all.length;
      return life;
    });
  });

/** How frames come: cut in sizes, shuffled by ranks, some of them again, committed in groups. */
const arrival = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
  ranks: fc.array(fc.integer(), { minLength: 40, maxLength: 40 }),
  again: fc.array(fc.nat(), { maxLength: 8 }),
  groups: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 }),
});

function shuffle<T>(items: T[], ranks: number[]): T[] {
  const rank = (index: number): number => (ranks[index % ranks.length] ?? 0) ^ index;
  return items
    .map((item, index) => ({ item, rank: rank(index) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

function framesOfLife(boardId: string, boots: BootLife[], size: number): ReceivedFrame[] {
  return boots.flatMap(({ boot, fromUtcMs, readings }) =>
    framesOf(readings, { boardId, boot, fromUtcMs: fromUtcMs ?? 0, count: 0 }, size).map((frame) => ({
      ...frame,
      bootUtcMs: fromUtcMs,
      frameBootUtcMs: fromUtcMs ?? T0,
    })),
  );
}

type Measured = Omit<MeterSeries, "boardId">;

async function rollups(store: Store, boardId: string): Promise<Measured[]> {
  const wholeUtcMs = { fromUtcMs: FROM_MS, toUtcMs: T0 + 31 * DAY_MS };
  const spans: [Resolution, { fromUtcMs: number; toUtcMs: number }][] = [
    ["minute", { fromUtcMs: T0 - 3_600_000, toUtcMs: T0 + 2 * DAY_MS }],
    ["quarter", wholeUtcMs],
    ["day", wholeUtcMs],
    ["month", wholeUtcMs],
  ];
  const all: Measured[] = [];
  for (const [resolution, span] of spans) {
    const { meters } = await store.series({ meters: [0, 1].map((meter) => ({ boardId, meter })), resolution, ...span });
    all.push(...meters.map(({ boardId: _boardId, ...measured }) => measured));
  }
  return all;
}

/** Energy and time of quarter-hours by the plainest reckoning: each pair of neighbours, in exact integers. */
function expected(boots: BootLife[], meter: number): Map<number, { importMwh: bigint; time: number }> {
  const quarters = new Map<number, { importMwh: bigint; time: number }>();
  const points = boots.flatMap(({ fromUtcMs, readings }) =>
    fromUtcMs === null ? [] : readings.filter((one) => one.meter === meter).map((one) => ({ endUtcMs: fromUtcMs + one.uptimeMs, ...one })),
  );
  for (const [index, after] of points.entries()) {
    const before = points[index - 1];
    if (before === undefined) continue;
    const mwh = BigInt(after.importMwh - before.importMwh);
    // A clock that was set back leaves the energy, and no time for it.
    const fromUtcMs = Math.min(before.endUtcMs, after.endUtcMs - 1);
    const lengthMs = after.endUtcMs - fromUtcMs;
    for (let quarter = Math.floor(fromUtcMs / QUARTER_MS); quarter * QUARTER_MS < after.endUtcMs; quarter++) {
      const until = (edgeUtcMs: number): bigint => BigInt(Math.max(0, Math.min(lengthMs, edgeUtcMs - fromUtcMs)));
      const [from, to] = [until(quarter * QUARTER_MS), until((quarter + 1) * QUARTER_MS)];
      const bin = quarters.get(quarter) ?? { importMwh: 0n, time: 0 };
      bin.importMwh += (mwh * to) / BigInt(lengthMs) - (mwh * from) / BigInt(lengthMs);
      if (after.endUtcMs > before.endUtcMs) bin.time += Number(to - from);
      quarters.set(quarter, bin);
    }
  }
  return quarters;
}

export function describeOrder(withStore: WithStore): void {
  describe("rollups", () => {
    it(
      "are those of the same readings in order, whatever came first, late, or twice",
      withStore(async (store) => {
        let boards = 0;
        const freshBoard = async (): Promise<string> => {
          const boardId = (++boards).toString(16).padStart(12, "0");
          await store.admitBoard(admitted(boardId));
          return boardId;
        };
        await fc.assert(
          fc.asyncProperty(lives, arrival, async (boots, { sizes, ranks, again, groups }) => {
            const inOrder = await freshBoard();
            await store.commitFrames(framesOfLife(inOrder, boots, 12));

            const asItCame = await freshBoard();
            const cut = sizes.flatMap((size, part) => framesOfLife(asItCame, boots, size).filter((_, index) => index % sizes.length === part || size === sizes[0]));
            const frames = shuffle([...cut, ...again.flatMap((index) => cut[index % cut.length] ?? [])], ranks);
            for (let at = 0, turn = 0; at < frames.length; turn++) {
              const size = groups[turn % groups.length] ?? 1;
              await store.commitFrames(frames.slice(at, at + size));
              at += size;
            }
            const measured = await rollups(store, asItCame);
            assert.deepEqual(measured, await rollups(store, inOrder));

            for (const meter of [0, 1]) {
              const { importMwh, coveredMs, estimatedMwh } = measured[2 + meter] ?? assert.fail();
              const quarters = expected(boots, meter);
              for (const [index, mwh] of importMwh.entries()) {
                const quarter = quarters.get(FROM_MS / QUARTER_MS + index) ?? { importMwh: 0n, time: 0 };
                assert.equal(BigInt(mwh ?? 0), quarter.importMwh);
                if (estimatedMwh[index] === 0) assert.ok((coveredMs[index] ?? 0) <= quarter.time);
              }
            }
          }),
          { numRuns: Number(process.env["ROLLUP_RUNS"] ?? 15) },
        );
      }),
    );
  });
}
