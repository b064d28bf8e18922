import assert from "node:assert/strict";
import fc from "fast-check";
import { meterIdOf } from "#contracts/meter-id.ts";
import { closedSlot, energyLimitMwh, selectCheckpoints, slotAt, slotEndMs, type ChainMeter } from "#gateway/ledger/slots.ts";
import type { StoredCheckpoint } from "#gateway/store/store.ts";

const SLOT_MS = 900_000;
const slotMs = fc.integer({ min: 1, max: 86_400 }).map((seconds) => seconds * 1000);
const utcMs = fc.integer({ min: 0, max: 4_000_000_000_000 });

describe("slots", () => {
  it("cover time without a gap or an overlap", () => {
    fc.assert(
      fc.property(utcMs, slotMs, (now, length) => {
        const slot = slotAt(now, length);
        assert.ok(slotEndMs(slot - 1, length) <= now && now < slotEndMs(slot, length));
      }),
      { seed: 2301 },
    );
  });

  it("close when all boards have checkpointed them or their grace has passed, and never before they end", () => {
    const boards = fc.array(fc.integer({ min: -1, max: 4_500_000 }), { maxLength: 5 });
    fc.assert(
      fc.property(utcMs, fc.integer({ min: 0, max: 3 * SLOT_MS }), boards, (nowMs, graceMs, newestSlots) => {
        const closed = closedSlot({ nowMs, slotMs: SLOT_MS, graceMs, newestSlots });
        const mayClose = (slot: number): boolean => {
          const reported = newestSlots.length > 0 && newestSlots.every((newest) => newest >= slot);
          return slotEndMs(slot, SLOT_MS) <= nowMs && (reported || slotEndMs(slot, SLOT_MS) + graceMs <= nowMs);
        };
        if (closed >= 0) assert.ok(mayClose(closed));
        assert.ok(!mayClose(Math.max(closed, -1) + 1));
      }),
      { seed: 2302 },
    );
  });
});

const BOARDS = ["00000000000a", "00000000000b"];
const RATED_POWER_W = 100;

function checkpoint(change: Partial<StoredCheckpoint>): StoredCheckpoint {
  const counters = { importMwh: 0, exportMwh: 0 };
  const record = { kind: "checkpoint" as const, boardId: "00000000000a", boot: 1, sequence: 0, uptimeMs: 0, slot: 1, flags: 0 };
  return { ...record, meters: [counters], utcMs: null, batch: null, ...change };
}

function meters(slot: number | null = null, counters: ChainMeter["counters"] = null): Map<string, ChainMeter> {
  const ids = BOARDS.flatMap((boardId) => [meterIdOf(boardId, 0), meterIdOf(boardId, 1)]);
  return new Map(ids.map((id) => [id, { ratedPowerW: RATED_POWER_W, slot, counters }]));
}

const options = { closedSlot: 1000, slotMs: SLOT_MS, limit: 256, meterIdOf };

/** Any records at all: boards, boots, repeated slots, counters that jump and run backwards. */
const anyCheckpoint = fc
  .record({
    boardId: fc.constantFrom(...BOARDS, "00000000000c"),
    boot: fc.integer({ min: 1, max: 3 }),
    sequence: fc.integer({ min: 0, max: 50 }),
    slot: fc.option(fc.integer({ min: 0, max: 30 })),
    meters: fc.array(fc.record({ importMwh: fc.integer({ min: 0, max: 90_000 }), exportMwh: fc.integer({ min: 0, max: 90_000 }) }), {
      minLength: 1,
      maxLength: 2,
    }),
  })
  .map(checkpoint);
const anyCheckpoints = fc.uniqueArray(anyCheckpoint, { maxLength: 40, selector: ({ boardId, boot, sequence }) => `${boardId} ${boot} ${sequence}` });

describe("choice of checkpoints", () => {
  it("gives the contract nothing that it refuses: foreign meters, slots twice or backwards, counters backwards or above rated power", () => {
    const start = fc.option(fc.record({ slot: fc.integer({ min: 0, max: 10 }), importMwh: fc.nat(50_000), exportMwh: fc.nat(50_000) }));
    fc.assert(
      fc.property(anyCheckpoints, start, fc.integer({ min: 0, max: 30 }), (stored, before, closed) => {
        const states = before === null ? meters() : meters(before.slot, before);
        const { accepted } = selectCheckpoints(stored, states, { ...options, closedSlot: closed });
        for (const { meterId, slot, importMwh, exportMwh } of accepted) {
          const state = states.get(meterId);
          assert.ok(state !== undefined, "admitted");
          assert.ok(slot <= closed && slot > (state.slot ?? -1));
          if (state.slot !== null && state.counters !== null) {
            const limit = energyLimitMwh(RATED_POWER_W, slot - state.slot, SLOT_MS);
            const deltas = [importMwh - state.counters.importMwh, exportMwh - state.counters.exportMwh];
            assert.ok(deltas.every((delta) => delta >= 0 && delta <= limit));
          }
          states.set(meterId, { ...state, slot, counters: { importMwh, exportMwh } });
        }
      }),
      { seed: 2303 },
    );
  });

  it("is the same for the same records in any order", () => {
    fc.assert(
      fc.property(
        anyCheckpoints.chain((stored) => fc.tuple(fc.constant(stored), fc.shuffledSubarray(stored, { minLength: stored.length }))),
        ([stored, shuffled]) => assert.deepEqual(selectCheckpoints(shuffled, meters(), options), selectCheckpoints(stored, meters(), options)),
      ),
      { seed: 2306 },
    );
  });

  it("is done with every record of a closed slot, once, and leaves the others", () => {
    fc.assert(
      fc.property(anyCheckpoints, fc.integer({ min: 0, max: 30 }), (stored, closed) => {
        const { included, more } = selectCheckpoints(stored, meters(), { ...options, closedSlot: closed });
        const name = ({ boardId, boot, sequence }: { boardId: string; boot: number; sequence: number }): string => `${boardId} ${boot} ${sequence}`;
        const expected = stored.filter((one) => (one.slot ?? Infinity) <= closed);
        assert.deepEqual(included.map(name).sort(), expected.map(name).sort());
        assert.equal(more, false);
      }),
      { seed: 2304 },
    );
  });

  it("takes everything in the end, in the same way, when a limit cuts it into pieces", () => {
    fc.assert(
      fc.property(anyCheckpoints, fc.integer({ min: 2, max: 6 }), (stored, limit) => {
        const whole = selectCheckpoints(stored, meters(), options);
        const states = meters();
        const accepted: typeof whole.accepted = [];
        let left = stored;
        for (let more = true; more; ) {
          const piece = selectCheckpoints(left, states, { ...options, limit });
          assert.ok(piece.accepted.length <= limit && piece.included.length + Number(!piece.more) > 0);
          for (const entry of piece.accepted) states.set(entry.meterId, { ratedPowerW: RATED_POWER_W, slot: entry.slot, counters: entry });
          const done = new Set(piece.included.map(({ boardId, boot, sequence }) => `${boardId} ${boot} ${sequence}`));
          left = left.filter(({ boardId, boot, sequence }) => !done.has(`${boardId} ${boot} ${sequence}`));
          accepted.push(...piece.accepted);
          more = piece.more;
        }
        const key = ({ meterId, slot }: { meterId: string; slot: number }): string => `${meterId} ${String(slot).padStart(6)}`;
        assert.deepEqual(accepted.sort((a, b) => (key(a) < key(b) ? -1 : 1)), whole.accepted);
      }),
      { seed: 2305 },
    );
  });

  it("takes the newest record of a slot: a board that restarted may have cut it twice", () => {
    const first = checkpoint({ boot: 1, sequence: 9, meters: [{ importMwh: 5, exportMwh: 0 }] });
    const second = checkpoint({ boot: 2, sequence: 0, meters: [{ importMwh: 8, exportMwh: 0 }] });
    const { accepted, included } = selectCheckpoints([second, first], meters(), options);
    assert.deepEqual(accepted, [{ meterId: meterIdOf(first.boardId, 0), slot: 1, importMwh: 8, exportMwh: 0 }]);
    assert.equal(included.length, 2);
  });

  it("never rewrites what was committed: a correction is flagged, and the next checkpoint carries it", () => {
    const meter = { importMwh: 5, exportMwh: 0 };
    const one = (slot: number, importMwh: number): StoredCheckpoint => checkpoint({ slot, sequence: slot * 100 + importMwh, meters: [{ importMwh, exportMwh: 0 }] });
    const select = (...stored: StoredCheckpoint[]) => {
      const { accepted, refused } = selectCheckpoints(stored, meters(4, meter), options);
      return { accepted: accepted.map(({ slot, importMwh }) => [slot, importMwh]), refused: refused.map(({ slot, importMwh, reason }) => [slot, importMwh, reason]) };
    };
    assert.deepEqual(select(one(4, 5)), { accepted: [], refused: [] });
    assert.deepEqual(select(one(4, 9), one(5, 10)), { accepted: [[5, 10]], refused: [[4, 9, "slot committed already"]] });
    assert.deepEqual(select(one(2, 3)), { accepted: [], refused: [[2, 3, "slot committed already"]] });
  });

  it("leaves one meter's impossible energy out, says why, and keeps the other meter's", () => {
    const counters = { importMwh: 0, exportMwh: 0 };
    const limit = Number(energyLimitMwh(RATED_POWER_W, 1, SLOT_MS));
    const next = (importMwh: number): StoredCheckpoint => checkpoint({ slot: 2, meters: [{ importMwh, exportMwh: 0 }, counters] });
    const select = (one: StoredCheckpoint): string[] => selectCheckpoints([one], meters(1, counters), options).refused.map(({ reason }) => reason);
    assert.deepEqual(select(next(limit)), []);
    assert.deepEqual(select(next(limit + 1)), ["above rated power"]);
    assert.equal(selectCheckpoints([next(limit + 1)], meters(1, counters), options).accepted.length, 1);
    assert.deepEqual(selectCheckpoints([next(0)], meters(1, { importMwh: 1, exportMwh: 0 }), options).refused.map(({ reason }) => reason), [
      "counter backwards",
      "counter backwards",
    ]);
    assert.deepEqual(selectCheckpoints([next(0)], new Map(), options).refused.map(({ reason }) => reason), ["not admitted", "not admitted"]);
  });
});
