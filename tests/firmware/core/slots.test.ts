import assert from "node:assert/strict";
import fc from "fast-check";
import { SlotClock } from "#firmware/core/slots.ts";
import { FLAG } from "#firmware/wire/records.ts";

const SLOT_MS = 10000;
/** In the middle of slot 1000. */
const UTC = 1000 * SLOT_MS + 5000;

describe("slots", () => {
  it("are cut by their length since boot, without a number, while UTC is unknown", () => {
    const slots = new SlotClock(SLOT_MS, null);
    assert.equal(slots.due(SLOT_MS - 1), null);
    assert.deepEqual(slots.due(SLOT_MS), { slot: null, flags: FLAG.unsynced + FLAG.resumed });
    assert.equal(slots.due(2 * SLOT_MS - 1), null);
    assert.deepEqual(slots.due(2 * SLOT_MS), { slot: null, flags: FLAG.unsynced });
  });

  it("are cut on UTC boundaries once UTC is known, each once", () => {
    const slots = new SlotClock(SLOT_MS, null);
    slots.learn(UTC, 3000);
    assert.equal(slots.due(7999), null);
    assert.deepEqual(slots.due(8000), { slot: 1000, flags: FLAG.resumed });
    assert.equal(slots.due(8100), null);
    assert.deepEqual(slots.due(18000), { slot: 1001, flags: 0 });
  });

  it("are passed over where they went by unseen", () => {
    const slots = new SlotClock(SLOT_MS, null);
    slots.learn(UTC, 0);
    assert.equal(slots.due(35000)?.slot, 1003);
    assert.equal(slots.due(35100), null);
  });

  it("are not cut again after a restart in the slot that follows, even on a clock that is a little late", () => {
    const slots = new SlotClock(SLOT_MS, 1000);
    slots.learn(1001 * SLOT_MS - 200, 0);
    assert.equal(slots.due(100), null);
    assert.equal(slots.due(200), null);
    assert.equal(slots.due(10200)?.slot, 1001);
  });

  it("follow the gateway's clock where it was set, forward or back", () => {
    const slots = new SlotClock(SLOT_MS, null);
    slots.learn(UTC, 0);
    slots.learn(UTC + 100 * SLOT_MS, 0);
    assert.equal(slots.due(0)?.slot, 1099);
    slots.learn(UTC, 1000);
    assert.equal(slots.due(1000), null);
    assert.equal(slots.due(6000)?.slot, 1000);
  });

  it("rise strictly and are within the time of day by the latest answer, for late answers in any order", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 0, max: 1500 })), { minLength: 1 }), (steps) => {
        const slots = new SlotClock(SLOT_MS, null);
        let uptimeMs = 0;
        let last = -1;
        for (const [elapsedMs, lateMs] of steps) {
          uptimeMs += elapsedMs;
          slots.learn(UTC + uptimeMs - lateMs, uptimeMs);
          const end = slots.due(uptimeMs);
          if (!end) continue;
          assert.ok(end.slot !== null && end.slot > last);
          // Never before the slot has ended.
          assert.ok((end.slot + 1) * SLOT_MS <= UTC + uptimeMs);
          last = end.slot;
        }
      }),
    );
  });
});
