import assert from "node:assert/strict";
import fc from "fast-check";
import { openRelay, setCoil, settle } from "#tools/village/world/relay.ts";

/** The contact sampled each `stepMs` for `durationMs`. */
function sample(commands: readonly { atMs: number; coil: boolean }[], durationMs: number, stepMs = 0.25): boolean[] {
  let relay = openRelay();
  const closed: boolean[] = [];
  for (let timeMs = 0; timeMs < durationMs; timeMs += stepMs) {
    for (const { atMs, coil } of commands) if (atMs >= timeMs && atMs < timeMs + stepMs) relay = setCoil(relay, coil, timeMs);
    relay = settle(relay, timeMs);
    closed.push(relay.closed);
  }
  return closed;
}

function changes(closed: boolean[]): number {
  return closed.filter((value, index) => index > 0 && value !== closed[index - 1]).length;
}

describe("village/world/relay", () => {
  it("closes late and bounces, then stays; opens late and cleanly", () => {
    const closing = sample([{ atMs: 0, coil: true }], 40);
    assert.equal(closing.indexOf(true), 8 / 0.25);
    assert.equal(changes(closing), 9);
    assert.ok(closing.slice(15 / 0.25).every(Boolean));
    const both = sample(
      [
        { atMs: 0, coil: true },
        { atMs: 30, coil: false },
      ],
      60,
    );
    assert.equal(both.lastIndexOf(true), 34 / 0.25 - 1);
    assert.equal(changes(both), 10);
  });

  it("ignores a pulse that is too short to move it, and holds when it is driven again in time", () => {
    assert.equal(
      changes(
        sample(
          [
            { atMs: 0, coil: true },
            { atMs: 5, coil: false },
          ],
          40,
        ),
      ),
      0,
    );
    const held = sample(
      [
        { atMs: 0, coil: true },
        { atMs: 30, coil: false },
        { atMs: 32, coil: true },
      ],
      60,
    );
    assert.equal(changes(held), 9);
  });

  it("ends where its coil is, whatever the commands before, within 20 ms", () => {
    const command = fc.record({ atMs: fc.integer({ min: 0, max: 100 }), coil: fc.boolean() });
    fc.assert(
      fc.property(fc.array(command, { minLength: 1, maxLength: 20 }), (commands) => {
        const ordered = commands.toSorted((a, b) => a.atMs - b.atMs);
        const closed = sample(ordered, 130);
        assert.equal(closed.at(-1), ordered.at(-1)?.coil);
      }),
    );
  });
});
