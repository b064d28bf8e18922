/**
 * Listings of records.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { ReadingQuery, Store, StoredReading } from "#gateway/store/store.ts";
import type { WithStore } from "./store-suite.ts";
import { BOARD_A, BOARD_B, BOOT_UTC_MS, admitBoth, checkpoint, event, key, reading, received } from "./samples.ts";

/** Readings of two boards with two meters each; several share a time, one boot has none. */
async function fill(store: Store): Promise<void> {
  await admitBoth(store);
  for (const boardId of [BOARD_B, BOARD_A]) {
    for (const boot of [2, 1]) {
      const records = Array.from({ length: 12 }, (_, index) => reading({ meter: index % 2, uptimeMs: Math.floor(index / 4) * 1000 }));
      await store.commitFrames([received({ boardId, boot, records, bootUtcMs: BOOT_UTC_MS + boot * 1000 })]);
    }
    await store.commitFrames([received({ boardId, boot: 0, records: [reading(), event()], bootUtcMs: null })]);
  }
}

function byTimeAndKey(a: StoredReading, b: StoredReading): number {
  const time = (a.endUtcMs ?? 0) - (b.endUtcMs ?? 0);
  return time || a.boardId.localeCompare(b.boardId) || a.boot - b.boot || a.sequence - b.sequence;
}

/** All pages of a query, one after the other. */
async function pages(store: Store, query: ReadingQuery): Promise<StoredReading[]> {
  const found: StoredReading[] = [];
  for (;;) {
    const last = found.at(-1);
    const after = last === undefined ? {} : { after: { endUtcMs: last.endUtcMs ?? assert.fail(), key: last } };
    const page = await store.readings({ ...query, ...after });
    assert.ok(page.length <= query.limit);
    found.push(...page);
    if (page.length < query.limit) return found;
  }
}

export function describeLookups(withStore: WithStore): void {
  describe("readings", () => {
    it(
      "are listed by time and key, within the bounds, page by page without a gap",
      withStore(async (store) => {
        await fill(store);
        const all = await store.readings({ limit: 1000 });
        assert.equal(all.length, 48);
        assert.deepEqual(all, [...all].sort(byTimeAndKey));
        const time = fc.integer({ min: BOOT_UTC_MS, max: BOOT_UTC_MS + 5000 });
        const query = fc.record(
          {
            boardId: fc.constantFrom(BOARD_A, BOARD_B),
            meter: fc.integer({ min: 0, max: 2 }),
            fromUtcMs: fc.oneof(time, fc.constant(BOOT_UTC_MS + 2000)),
            toUtcMs: fc.oneof(time, fc.constant(BOOT_UTC_MS + 3000)),
            limit: fc.integer({ min: 1, max: 50 }),
          },
          { requiredKeys: ["limit"] },
        );
        await fc.assert(
          fc.asyncProperty(query, async (bounds) => {
            const { boardId, meter, fromUtcMs = 0, toUtcMs = Infinity } = bounds;
            const expected = all.filter(
              (one) =>
                (boardId === undefined || one.boardId === boardId) &&
                (meter === undefined || one.meter === meter) &&
                (one.endUtcMs ?? 0) >= fromUtcMs &&
                (one.endUtcMs ?? 0) < toUtcMs,
            );
            assert.deepEqual(await pages(store, bounds), expected);
          }),
          { seed: 20262, numRuns: 80 },
        );
      }),
    );

    it(
      "are found by key, or not",
      withStore(async (store) => {
        await fill(store);
        const listed = await store.readings({ limit: 99 });
        for (const one of listed) assert.deepEqual(await store.reading(one), one);
        for (const none of [key(13), key(1, 3), key(2, 0), key(1, 1, "000000000000")]) assert.equal(await store.reading(none), null);
      }),
    );
  });

  describe("latest", () => {
    it(
      "is the newest reading of each meter and the newest event of each board, by number, whatever came last",
      withStore(async (store) => {
        await fill(store);
        await store.commitFrames([
          received({ boot: 2, sequence: 20, records: [event({ value: 20 }), event({ value: 21 })] }),
          received({ boot: 1, sequence: 30, records: [event({ value: 30 }), reading()] }),
        ]);
        const { readings, events } = await store.latest();
        assert.deepEqual(
          readings.map(({ boardId, meter, boot, sequence }) => [boardId, meter, boot, sequence]),
          [BOARD_A, BOARD_B].flatMap((boardId) => [
            [boardId, 0, 2, 11],
            [boardId, 1, 2, 12],
          ]),
        );
        assert.deepEqual(
          events.map(({ boardId, boot, sequence, value }) => [boardId, boot, sequence, value]),
          [
            [BOARD_A, 2, 21, 21],
            [BOARD_B, 0, 2, 395],
          ],
        );
      }),
    );

    it(
      "is empty in an empty store",
      withStore(async (store) => {
        assert.deepEqual(await store.latest(), { readings: [], events: [] });
      }),
    );
  });

  describe("events", () => {
    it(
      "are listed newest first: by number for one board, by time over all",
      withStore(async (store) => {
        await admitBoth(store);
        const at = (uptimeMs: number) => event({ uptimeMs, value: uptimeMs });
        await store.commitFrames([received({ records: [at(10), at(40), at(40)] })]);
        await store.commitFrames([received({ boardId: BOARD_B, records: [at(20), at(50)] })]);
        await store.commitFrames([received({ boot: 0, frameBoot: 1, records: [at(99)], bootUtcMs: null })]);
        const values = async (query: Parameters<Store["events"]>[0]) =>
          (await store.events(query)).map(({ value, sequence }) => [value, sequence]);
        assert.deepEqual(await values({ limit: 9 }), [[50, 2], [40, 3], [40, 2], [20, 1], [10, 1], [99, 1]]);
        assert.deepEqual(await values({ boardId: BOARD_A, limit: 9 }), [[40, 3], [40, 2], [10, 1], [99, 1]]);
        assert.deepEqual(await values({ boardId: BOARD_A, limit: 1 }), [[40, 3]]);
      }),
    );
  });

  describe("checkpoints", () => {
    it(
      "are listed by slot, those without one last",
      withStore(async (store) => {
        await admitBoth(store);
        const slots = (boardId: string, sequence: number, ...list: (number | null)[]) =>
          received({ boardId, sequence, records: list.map((slot) => checkpoint({ slot })) });
        await store.commitFrames([slots(BOARD_B, 1, 5, null, 7), slots(BOARD_A, 1, 6, 7, 8)]);
        const found = async (query: Parameters<Store["checkpoints"]>[0]) =>
          (await store.checkpoints(query)).map(({ boardId, slot }) => `${boardId === BOARD_A ? "A" : "B"}${slot}`);
        assert.deepEqual(await found({ limit: 9 }), ["B5", "A6", "A7", "B7", "A8", "Bnull"]);
        assert.deepEqual(await found({ fromSlot: 7, limit: 2 }), ["A7", "B7"]);
        assert.deepEqual(await found({ fromSlot: 6, boardId: BOARD_B, limit: 9 }), ["B7"]);
        assert.deepEqual(await found({ boardId: BOARD_B, limit: 9 }), ["B5", "B7", "Bnull"]);
      }),
    );
  });
}
