import assert from "node:assert/strict";
import fc from "fast-check";
import { createLive, publishCommitted } from "#gateway/api/live.ts";
import type { Notification } from "#gateway/api/live.ts";

/** Told apart by their identity only. */
function notification(): Notification {
  return { type: "neighbours", neighbours: [] };
}

describe("the ring of notifications", () => {
  it("gives every reader all notifications in order, or says that some are gone", () => {
    const step = fc.oneof(fc.record({ publish: fc.nat(9) }), fc.record({ read: fc.integer({ min: 1, max: 5 }) }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.array(step, { maxLength: 40 }), (capacity, steps) => {
        const live = createLive({ epoch: "a", capacity });
        const published: Notification[] = [];
        let position = 0;
        for (const one of steps) {
          if ("publish" in one) {
            for (let index = 0; index < one.publish; index++) {
              const next = notification();
              published.push(next);
              live.publish(next);
            }
            continue;
          }
          const run = live.read(position, one.read);
          if (published.length - position > capacity) {
            assert.equal(run, null);
            position = live.end();
          } else {
            const expected = published.slice(position, position + one.read);
            assert.equal(run?.length, expected.length);
            assert.ok(run.every((found, index) => found === expected[index]));
            position += run.length;
          }
        }
      }),
      { seed: 11 },
    );
  });

  it("has nothing at positions that it never reached", () => {
    const live = createLive({ epoch: "a", capacity: 4 });
    live.publish(notification());
    for (const position of [-1, 2, 0.5, NaN, Infinity]) assert.equal(live.read(position, 1), null, String(position));
    assert.deepEqual(live.read(1, 1), []);
  });

  it("calls each subscriber until it has enough", () => {
    const live = createLive({ epoch: "a" });
    let calls = 0;
    const listener = () => (calls += 1);
    const first = live.subscribe(listener);
    live.subscribe(listener);
    live.publish(notification());
    first();
    first();
    live.publish(notification());
    assert.equal(calls, 3);
  });

  it("takes readings and events from a commit, not checkpoints or duplicates", () => {
    const live = createLive({ epoch: "a" });
    const key = { boardId: "24a160aabbcc", boot: 1 };
    publishCommitted(live, [
      { stored: [], duplicates: 3 },
      {
        stored: [
          { kind: "event", ...key, sequence: 1, uptimeMs: 5, utcMs: null, cause: 0, source: 1, value: 0, limit: 0 },
          { kind: "checkpoint", ...key, sequence: 2, uptimeMs: 6, utcMs: null, slot: 4, flags: 0, meters: [], batch: null },
        ],
        duplicates: 0,
      },
    ]);
    assert.deepEqual(
      live.read(0, 9)?.map(({ type }) => type),
      ["event"],
    );
  });
});
