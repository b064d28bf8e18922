/**
 * Old readings are packed, and later perhaps dropped; nobody who asks for a reading notices the first.
 * @module
 */
import assert from "node:assert/strict";
import type { TidyStep } from "#gateway/store/history.ts";
import type { Store, StoredReading } from "#gateway/store/store.ts";
import { framesOf, live } from "./meters.ts";
import type { Life, NumberedReading } from "./meters.ts";
import { BOARD_A, BOARD_B, BOOT_UTC_MS, admitBoth, event, key, newBatch, received } from "./samples.ts";
import type { WithStore } from "./store-suite.ts";

const T0 = BOOT_UTC_MS;
const DAY_MS = 86_400_000;
/** Two meters, 1300 readings each: two and a half blocks. */
const LIFE: Life = { fromUtcMs: T0, meters: 2, count: 1300, powerW: (meter, index) => (meter === 0 ? 900 + (index % 60) : -40), chargePermille: (i) => i % 1000 };
const NOW = T0 + 30 * DAY_MS;
const BATCH_READINGS = 500;

/** Steps until there is nothing to do; gives their sums. */
async function tidy(store: Store, nowUtcMs = NOW): Promise<Omit<TidyStep, "more">> {
  const sums = { packedReadings: 0, droppedReadings: 0, droppedMinutes: 0 };
  for (let more = true; more; ) {
    const step = await store.tidy(nowUtcMs);
    for (const name of ["packedReadings", "droppedReadings", "droppedMinutes"] as const) sums[name] += step[name];
    ({ more } = step);
  }
  return sums;
}

async function makeFinal(store: Store, id: number): Promise<void> {
  await store.updateTransaction(id, { state: "final", blockNumber: 1, blockHash: "0x1" });
}

/** Commits what is in no batch; the transactions of all these batches but those in `open` become final. */
async function batchAll(store: Store, open: number[] = []): Promise<void> {
  let number = ((await store.batches({ limit: 1 }))[0]?.number ?? 0) + 1;
  for (;;) {
    const readings = await store.unbatchedReadings(Infinity, BATCH_READINGS);
    if (readings.length === 0) break;
    const { id, subject: batch } = await store.addBatch(newBatch(number++, readings));
    if (!open.includes(batch)) await makeFinal(store, id);
  }
}

/** All that is told of readings, one line each: lists of lines compare fast, and a difference can be read. */
async function told(store: Store): Promise<string[]> {
  const all = await store.readings({ limit: 10_000 });
  const pages: StoredReading[] = [];
  for (let page = await store.readings({ limit: 1500 }); page.length > 0; ) {
    pages.push(...page);
    const last = page.at(-1) ?? assert.fail();
    page = await store.readings({ limit: 1500, after: { endUtcMs: last.endUtcMs ?? 0, key: last } });
  }
  for (const index of [0, 1, 1023, 1024, 1025, 2047, 2048, all.length - 1]) {
    const one = all[index];
    if (one !== undefined) assert.deepEqual(await store.reading(one), one);
  }
  const bounds = { boardId: BOARD_A, meter: 1, fromUtcMs: T0 + 3_000_000, toUtcMs: T0 + 9_000_000 };
  const batches = await store.batches({ limit: 99 });
  const { readings: latest } = await store.latest();
  const series = { meters: [0, 1].map((meter) => ({ boardId: BOARD_A, meter })), fromUtcMs: T0, toUtcMs: T0 + DAY_MS };
  const lines = [
    ...pages,
    ...(await store.readings({ ...bounds, limit: 9999 })),
    ...(await store.readings({ ...bounds, limit: 7 })),
    ...(await Promise.all(batches.map(({ number }) => store.batchReadings(number)))).flat(),
    ...latest,
    await store.series({ ...series, resolution: "quarter" }),
    await store.series({ ...series, resolution: "day" }),
  ].map((one) => JSON.stringify(one));
  const listed = all.map((one) => JSON.stringify(one));
  assert.deepEqual(lines.slice(0, listed.length), listed);
  return lines;
}

async function commit(store: Store, readings: NumberedReading[], life: Life = LIFE): Promise<number> {
  const results = await store.commitFrames(framesOf(readings, life));
  return results.flatMap(({ stored }) => stored).length;
}

export function describePacking(withStore: WithStore): void {
  describe("old readings", function () {

    it(
      "are packed once their batch is final, and told as before",
      withStore(async (store, reopen) => {
        await admitBoth(store);
        const readings = live(LIFE);
        // Every 100th number is an event's.
        await commit(store, readings.map((one) => ({ ...one, sequence: one.sequence + Math.floor(one.sequence / 99) })));
        await store.commitFrames([received({ sequence: 100, records: [event()] })]);
        const other: Life = { ...LIFE, boardId: BOARD_B, count: 700, fromUtcMs: T0 + 600_000 };
        await commit(store, live(other), other);
        assert.equal((await tidy(store)).packedReadings, 0, "nothing is in a batch");
        // Numbers 500 to 1500 of the first board are mined, but not final.
        await batchAll(store, [2, 3]);
        const before = await told(store);
        assert.equal((await tidy(store, T0 + 7 * DAY_MS)).packedReadings, 0, "nothing is old enough");
        assert.equal((await tidy(store)).packedReadings, 2048, "what fills no block waits");
        assert.equal((await tidy(store)).packedReadings, 0);
        assert.deepEqual(await told(store), before);
        for (const number of [2, 3]) await makeFinal(store, (await store.batch(number))?.transaction.id ?? 0);
        const final = await told(store);
        assert.ok((await tidy(store)).packedReadings >= 1000, "those between find their block");
        const { readings: count, packedReadings } = await store.storage();
        assert.equal(count, 4000);
        assert.ok(packedReadings >= 3048);
        assert.deepEqual(await told(store), final);
        assert.deepEqual(await told(await reopen()), final);
        assert.deepEqual(await (await reopen()).checkIntegrity(), []);
      }),
    );

    it(
      "come again and are known, and are in one batch only",
      withStore(async (store) => {
        await admitBoth(store);
        const readings = live(LIFE);
        await commit(store, readings);
        await batchAll(store);
        await tidy(store);
        const before = await told(store);
        assert.equal(await commit(store, readings), 0);
        assert.deepEqual(await told(store), before);
        const next = (await store.batches({ limit: 1 }))[0]?.number ?? 0;
        await assert.rejects(store.addBatch(newBatch(next + 1, [key(5)])), /in a batch already/);
      }),
    );

    it(
      "that come after their neighbours were packed find their places, in rollups and blocks",
      withStore(async (store, reopen) => {
        await admitBoth(store);
        const readings = live({ ...LIFE, boardId: BOARD_B });
        const late = (index: number): boolean => index === 0 || (index >= 200 && index < 300) || index === 1030 || (index > 1400 && index % 7 === 0);
        const inOrder: Life = { ...LIFE, boardId: BOARD_B };
        await commit(store, readings, inOrder);
        const wanted = await store.series({ meters: [0, 1].map((meter) => ({ boardId: BOARD_B, meter })), fromUtcMs: T0, toUtcMs: T0 + DAY_MS, resolution: "minute" });

        await commit(store, readings.filter((_, index) => !late(index)));
        await batchAll(store);
        await tidy(store);
        assert.equal(await commit(store, readings.filter((_, index) => late(index)).toReversed()), readings.filter((_, index) => late(index)).length);
        await batchAll(store);
        const before = await told(store);
        assert.ok((await tidy(store)).packedReadings > 100);
        const again = await reopen();
        assert.deepEqual(await told(again), before);
        assert.deepEqual(await again.checkIntegrity(), []);
        const { meters } = await again.series({ meters: [0, 1].map((meter) => ({ boardId: BOARD_A, meter })), fromUtcMs: T0, toUtcMs: T0 + DAY_MS, resolution: "minute" });
        assert.deepEqual(
          meters,
          wanted.meters.map((meter) => ({ ...meter, boardId: BOARD_A })),
        );
      }),
    );

    it(
      "in no batch wait for the chain as long as the settings say, and then are packed too",
      withStore(async (store) => {
        await admitBoth(store);
        await commit(store, live(LIFE));
        await store.commitFrames([received({ boot: 0, frameBoot: 1, frameNumber: 9999, bootUtcMs: null })]);
        assert.equal((await tidy(store, T0 + 92 * DAY_MS)).packedReadings, 0);
        assert.equal((await store.unbatchedReadings(Infinity, 9999)).length, 2600);
        const before = await told(store);
        assert.equal((await tidy(store, T0 + 93 * DAY_MS)).packedReadings, 2048);
        assert.deepEqual(await told(store), before);
        assert.equal((await store.reading(key(1, 0)))?.endUtcMs, null);
        assert.equal((await store.unbatchedReadings(Infinity, 9999)).length, 553);
      }),
    );

    it(
      "are dropped when the settings say so, rollups stay, and what comes again stays dropped",
      withStore(async (store) => {
        await admitBoth(store);
        const readings = live(LIFE);
        // The first reading behind those that will be dropped comes late.
        await commit(store, readings.filter((_, index) => index !== 1024));
        await batchAll(store);
        await tidy(store);
        await store.changeStoreSettings({ keepReadingsMonths: 1, keepMinutesDays: null });
        const query = { meters: [{ boardId: BOARD_A, meter: 0 }], fromUtcMs: T0, toUtcMs: T0 + DAY_MS, resolution: "minute" as const };
        const before = await store.series(query);
        assert.equal((await tidy(store, T0 + 31 * DAY_MS + 7_200_000)).droppedReadings, 1024);
        assert.deepEqual(await store.series(query), before);
        assert.equal(await store.reading(key(1)), null);
        assert.equal((await store.storage()).oldestReadingUtcMs, T0 + 513 * 10_000);
        assert.equal(await commit(store, readings.slice(0, 1024)), 0);
        assert.deepEqual(await store.series(query), before);
        assert.equal(await commit(store, readings.slice(1024, 1025)), 1);
        const whole = await store.series(query);
        const energy = (values: (number | null)[] = []): number => values.reduce((a: number, b) => a + (b ?? 0), 0);
        assert.equal(energy(whole.meters[0]?.importMwh), energy(before.meters[0]?.importMwh));
        assert.equal(energy(whole.meters[0]?.readings), 1300);
      }),
    );
  });

  describe("room on the disk", () => {
    it(
      "is told, and warned of before frames are refused",
      withStore(async (store) => {
        await admitBoth(store);
        await store.commitFrames([received()]);
        const { state, freeBytes, databaseBytes, readings } = await store.storage();
        assert.equal(state, "ok");
        assert.ok(freeBytes > 0 && databaseBytes > 0);
        assert.equal(readings, 1);
        await store.changeStoreSettings({ lowDiskBytes: 2 ** 52 });
        assert.equal((await store.storage()).state, "low");
        assert.equal((await store.commitFrames([received({ sequence: 2 })])).length, 1);
        await store.changeStoreSettings({ fullDiskBytes: 2 ** 52 });
        assert.equal((await store.storage()).state, "full");
        await assert.rejects(store.commitFrames([received({ sequence: 3 })]), /MB are left on the disk.*make room/);
        assert.equal((await store.readings({ limit: 9 })).length, 2);
        await store.addBatch(newBatch(1, [key(1)]));
        await store.changeStoreSettings({ fullDiskBytes: 0, lowDiskBytes: 0 });
        assert.equal((await store.commitFrames([received({ sequence: 3 })])).length, 1);
      }),
    );
  });
}
