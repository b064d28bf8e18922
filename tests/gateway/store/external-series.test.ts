import assert from "node:assert/strict";
import fc from "fast-check";
import { createCalendar } from "#gateway/store/calendar.ts";
import { addToSteps, emptySteps } from "#gateway/store/external-series.ts";

const HOUR_MS = 3_600_000;
/** The day on which clocks in Paris go back: 25 hours. */
const LONG_DAY_MS = Date.UTC(2025, 9, 25, 22);

describe("external intervals in steps", () => {
  const calendar = createCalendar("Europe/Paris");

  it("lose no mWh at an edge, and cover no more than there is", () => {
    const walk = fc.array(fc.record({ gapMs: fc.integer({ min: 0, max: 5 * HOUR_MS }), lengthMs: fc.integer({ min: 1, max: 30 * HOUR_MS }), energyMwh: fc.integer({ min: 0, max: 10 ** 12 }) }), { maxLength: 30 });
    fc.assert(
      fc.property(walk, fc.constantFrom("quarter" as const, "day" as const), (steps, unit) => {
        let utcMs = LONG_DAY_MS;
        const intervals = steps.map(({ gapMs, lengthMs, energyMwh }) => {
          const startUtcMs = utcMs + gapMs;
          utcMs = startUtcMs + lengthMs;
          return { startUtcMs, endUtcMs: utcMs, energyMwh };
        });
        const made = emptySteps(calendar, unit, LONG_DAY_MS, utcMs + 1);
        // As they come from the store, in parts.
        addToSteps(made, intervals.slice(0, 7));
        addToSteps(made, intervals.slice(7));
        assert.equal(made.reduce((sum, { energyMwh }) => sum + (energyMwh ?? 0), 0), intervals.reduce((sum, { energyMwh }) => sum + energyMwh, 0));
        assert.equal(made.reduce((sum, { coveredMs }) => sum + coveredMs, 0), intervals.reduce((sum, { startUtcMs, endUtcMs }) => sum + endUtcMs - startUtcMs, 0));
        for (const { coveredMs, endUtcMs, energyMwh, startUtcMs } of made) {
          assert.ok(coveredMs <= endUtcMs - startUtcMs);
          assert.equal(energyMwh === null, coveredMs === 0);
        }
      }),
    );
  });

  it("are days of 25 hours where clocks go back", () => {
    const [day, next] = emptySteps(calendar, "day", LONG_DAY_MS, LONG_DAY_MS + 26 * HOUR_MS);
    assert.equal((day?.endUtcMs ?? 0) - LONG_DAY_MS, 25 * HOUR_MS);
    assert.equal(next?.startUtcMs, day?.endUtcMs);
  });

  it("are no more than a chart can have", () => assert.throws(() => emptySteps(calendar, "minute", 0, 10 * 365 * 24 * HOUR_MS), /store: more than .* longer steps/));
});
