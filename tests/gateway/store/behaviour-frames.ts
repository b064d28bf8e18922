/**
 * Boards, frames, counters, and the life of a store.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { BoardRecord } from "#firmware/wire/records.ts";
import type { ReceivedFrame } from "#gateway/store/store.ts";
import type { WithStore } from "./store-suite.ts";
import { BOARD_A, BOARD_B, BOOT_UTC_MS, admitBoth, admitted, checkpoint, event, key, reading, received } from "./samples.ts";

const MOST = Number.MAX_SAFE_INTEGER;

/** Frames whose records are a function of their number, as a board's are; some overlap, some repeat, boots mix. */
const frames = fc.array(
  fc
    .record({
      boardId: fc.constantFrom(BOARD_A, BOARD_B),
      boot: fc.integer({ min: 0, max: 2 }),
      sequence: fc.integer({ min: 0, max: 12 }),
      count: fc.integer({ min: 1, max: 6 }),
    })
    .map(({ boardId, boot, sequence, count }): ReceivedFrame => {
      const records = Array.from({ length: count }, (_, index): BoardRecord => {
        const number = sequence + index;
        if (number % 5 === 4) return event({ value: number, uptimeMs: number });
        return reading({ importMwh: number, uptimeMs: number, meter: number % 2 });
      });
      return received({ boardId, boot, sequence, records });
    }),
  { minLength: 1, maxLength: 12 },
);

export function describeFrames(withStore: WithStore): void {
  describe("boards", () => {
    it(
      "come back as they were admitted, by id",
      withStore(async (store, reopen) => {
        await store.admitBoard(admitted(BOARD_B, { role: "producer" }));
        await store.admitBoard(admitted(BOARD_A, { meters: [], name: "Küche 🔋" }));
        const expected = [admitted(BOARD_A, { meters: [], name: "Küche 🔋" }), admitted(BOARD_B, { role: "producer" })];
        assert.deepEqual(await store.boards(), expected);
        assert.deepEqual(await (await reopen()).boards(), expected);
      }),
    );

    it(
      "admitted again keep their records and progress",
      withStore(async (store) => {
        await store.admitBoard(admitted(BOARD_A));
        await store.commitFrames([received()]);
        const meters = admitted(BOARD_A).meters.slice(1);
        const renamed = admitted(BOARD_A, { name: "Renamed", wrappedSecret: new Uint8Array([9]), meters });
        await store.admitBoard(renamed);
        assert.deepEqual(await store.boards(), [renamed]);
        assert.equal((await store.reading(key(1)))?.importMwh, 10);
        assert.equal((await store.progress()).length, 1);
      }),
    );

    it(
      "with an id that is none are refused",
      withStore(async (store) => {
        for (const boardId of ["", "0242AC110002", "0242ac11000", "0242ac1100022", "0x42ac110002", "éé42ac110002"]) {
          await assert.rejects(store.admitBoard(admitted(boardId)), /board id/);
        }
        assert.deepEqual(await store.boards(), []);
      }),
    );
  });

  describe("frames", () => {
    it(
      "are stored record by record, with their times",
      withStore(async (store) => {
        await admitBoth(store);
        const records = [reading({ chargePermille: 512 }), event({ uptimeMs: 2000 }), reading({ uptimeMs: 3000, meter: 1 })];
        const checkpoints = received({ records: [checkpoint()], sequence: 7 });
        const [fine, coarse] = await store.commitFrames([received({ records, sequence: 7 }), checkpoints]);
        const utcMs = BOOT_UTC_MS + 1000;
        assert.deepEqual(fine, {
          stored: [
            { ...reading({ chargePermille: 512 }), ...key(7), endUtcMs: utcMs, batch: null, leaf: null },
            { ...event({ uptimeMs: 2000 }), ...key(8), utcMs: utcMs + 1000 },
            { ...reading({ uptimeMs: 3000, meter: 1 }), ...key(9), endUtcMs: utcMs + 2000, batch: null, leaf: null },
          ],
          duplicates: 0,
        });
        assert.deepEqual(coarse, { stored: [{ ...checkpoint(), ...key(7), utcMs, batch: null }], duplicates: 0 });
        assert.deepEqual(await store.reading(key(7)), fine.stored[0]);
        assert.deepEqual(await store.events({ limit: 9 }), [fine.stored[1]]);
        assert.deepEqual(await store.checkpoints({ limit: 9 }), coarse.stored);
      }),
    );

    it(
      "of a boot that never met the gateway have no times",
      withStore(async (store) => {
        await admitBoth(store);
        await store.commitFrames([received({ bootUtcMs: null, frameBoot: 2, records: [reading(), event()] })]);
        await store.commitFrames([received({ bootUtcMs: null, frameBoot: 2, frameNumber: 2, records: [checkpoint({ slot: null })] })]);
        assert.equal((await store.reading(key(1)))?.endUtcMs, null);
        assert.equal((await store.events({ limit: 1 }))[0]?.utcMs, null);
        const expected = { ...checkpoint({ slot: null }), ...key(1), utcMs: null, batch: null };
        assert.deepEqual(await store.checkpoints({ limit: 2 }), [expected]);
      }),
    );

    it(
      "keep integers up to 2^53 - 1",
      withStore(async (store) => {
        await admitBoth(store);
        const large = { importMwh: MOST, exportMwh: MOST - 1 };
        const extreme = reading({ ...large, uptimeMs: 2 ** 48 - 1, currentMa: -(2 ** 31 - 1), voltageMv: 2 ** 31 - 1 });
        const edges = [2 ** 51 - 1, 2 ** 51, 2 ** 51 + 1].map((importMwh) => reading({ importMwh }));
        await store.commitFrames([received({ sequence: 2 ** 32 - 4, boot: 2 ** 24 - 1, records: [extreme, ...edges] })]);
        await store.commitFrames([received({ records: [checkpoint({ meters: [large, large], slot: 2 ** 32 - 1 })] })]);
        const stored = await store.reading(key(2 ** 32 - 4, 2 ** 24 - 1));
        const endUtcMs = BOOT_UTC_MS + extreme.uptimeMs;
        assert.deepEqual(stored, { ...extreme, ...key(2 ** 32 - 4, 2 ** 24 - 1), endUtcMs, batch: null, leaf: null });
        const counters = (await store.readings({ toUtcMs: endUtcMs, limit: 9 })).map(({ importMwh }) => importMwh);
        assert.deepEqual(counters, [2 ** 51 - 1, 2 ** 51, 2 ** 51 + 1]);
        assert.deepEqual((await store.checkpoints({ limit: 1 }))[0]?.meters, [large, large]);
      }),
    );

    it(
      "of a board that is not admitted are refused, and nothing of their group is stored",
      withStore(async (store) => {
        await store.admitBoard(admitted(BOARD_A));
        await assert.rejects(store.commitFrames([received(), received({ boardId: BOARD_B })]), new RegExp(`${BOARD_B} is not admitted`));
        assert.equal(await store.reading(key(1)), null);
        assert.deepEqual(await store.progress(), []);
      }),
    );

    it(
      "bring each record in once, whatever overlaps or repeats, in whatever groups",
      withStore(async (store) => {
        await admitBoth(store);
        const seen = new Set<string>();
        await fc.assert(
          fc.asyncProperty(frames, async (group) => {
            const results = await store.commitFrames(group);
            assert.equal(results.length, group.length);
            for (const [index, result] of results.entries()) {
              const { boardId, frame } = group[index] ?? assert.fail();
              const fresh = frame.records.map((_, at) => `${boardId}-${frame.boot}-${frame.sequence + at}`).filter((id) => !seen.has(id));
              assert.deepEqual(
                result.stored.map((record) => `${record.boardId}-${record.boot}-${record.sequence}`),
                fresh,
              );
              assert.equal(result.duplicates, frame.records.length - fresh.length);
              for (const id of fresh) seen.add(id);
            }
          }),
          { seed: 20261, numRuns: 60 },
        );
        const all = [...(await store.readings({ limit: 1000 })), ...(await store.events({ limit: 1000 }))];
        assert.deepEqual(all.map(({ boardId, boot, sequence }) => `${boardId}-${boot}-${sequence}`).sort(), [...seen].sort());
        for (const record of all) assert.equal(record.kind === "reading" ? record.importMwh : record.value, record.sequence);
      }),
    );

    it(
      "do not change a record that is there",
      withStore(async (store) => {
        await admitBoth(store);
        await store.commitFrames([received({ records: [reading({ importMwh: 5 })] })]);
        await store.commitFrames([received({ frameNumber: 2, bootUtcMs: BOOT_UTC_MS + 9, records: [reading({ importMwh: 6 })] })]);
        const stored = await store.reading(key(1));
        assert.equal(stored?.importMwh, 5);
        assert.equal(stored.endUtcMs, BOOT_UTC_MS + 1000);
      }),
    );
  });

  describe("progress", () => {
    it(
      "goes on to the newest frame and never back, and keeps each sealing boot's time",
      withStore(async (store, reopen) => {
        await admitBoth(store);
        assert.deepEqual(await store.progress(), []);
        await store.commitFrames([received({ frameBoot: 2, frameNumber: 9, boot: 1, frameBootUtcMs: 2000 })]);
        await store.commitFrames([received({ frameBoot: 1, frameNumber: 50, frameBootUtcMs: 1000 })]);
        await store.commitFrames([received({ frameBoot: 2, frameNumber: 10, boot: 1, frameBootUtcMs: 1990 })]);
        await store.commitFrames([received({ frameBoot: 2, frameNumber: 3, boot: 1, frameBootUtcMs: 1990 })]);
        const bootUtcMs = new Map([
          [1, 1000],
          [2, 1990],
        ]);
        const expected = [{ boardId: BOARD_A, frameBoot: 2, frameNumber: 10, bootUtcMs }];
        assert.deepEqual(await store.progress(), expected);
        assert.deepEqual(await (await reopen()).progress(), expected);
      }),
    );
  });

  describe("counters", () => {
    it(
      "give each caller the next number, by name, and go on after a restart",
      withStore(async (store, reopen) => {
        const numbers = await Promise.all(Array.from({ length: 20 }, () => store.increment("start")));
        assert.deepEqual(
          numbers,
          numbers.map((_, index) => index + 1),
        );
        assert.equal(await store.increment("other"), 1);
        assert.equal(await (await reopen()).increment("start"), 21);
      }),
    );
  });

  describe("closing", () => {
    it(
      "lets finish what was asked before, and refuses what comes after",
      withStore(async (store, reopen) => {
        await store.admitBoard(admitted(BOARD_A));
        const commits = Array.from({ length: 10 }, (_, index) => store.commitFrames([received({ sequence: index })]));
        const closed = store.close();
        await assert.rejects(store.boards(), /closed/);
        assert.equal((await Promise.all(commits)).flat().length, 10);
        await closed;
        await store.close();
        await assert.rejects(store.boards(), /closed/);
        assert.equal((await (await reopen()).readings({ limit: 99 })).length, 10);
      }),
    );
  });
}
