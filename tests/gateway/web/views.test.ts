/** The pages' pure view models, without a browser. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { href, PAGES, parseHash } from "#gateway/web/app/address.ts";
import { calibrationOf } from "#gateway/web/app/pages/boards/two-points.ts";
import { formOf, readForm, START } from "#gateway/web/app/pages/boards/policy-form.ts";
import { cumulated } from "#gateway/web/app/pages/history/origin.ts";
import { toCsv } from "#gateway/web/app/pages/history/csv.ts";
import { moved, PERIODS, queryOf, viewOf } from "#gateway/web/app/pages/history/view.ts";
import { paceOf } from "#gateway/web/app/pages/now/pace.ts";
import { levelOf, LEVELS } from "#gateway/web/app/pages/now/power.ts";

const day = fc.date({ min: new Date("2000-01-01"), max: new Date("2099-12-31"), noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10));

describe("links of the dashboard", () => {
  it("lead back to what they were made of", () => {
    fc.assert(
      fc.property(fc.constantFrom(...PAGES), fc.array(fc.string({ minLength: 1 })), fc.dictionary(fc.stringMatching(/^[a-z]+$/), fc.string()), (page, parts, query) => {
        const read = parseHash(href(page, parts, query));
        assert.deepEqual([read.page, read.parts, { ...read.query }], [page, parts, { ...query }]);
      }),
    );
  });
});

describe("a time of the history", () => {
  it("is what its link says, and next leads back from previous", () => {
    fc.assert(
      fc.property(day, fc.constantFrom(...PERIODS), (from, period) => {
        const view = viewOf({ from, to: from, period }, "2026-01-01");
        assert.ok(view.from <= from && from <= view.to);
        assert.deepEqual(viewOf(queryOf(view), "2026-01-01"), view);
        assert.deepEqual(moved(moved(view, -1), 1), view);
        assert.ok(moved(view, -1).to < view.from);
      }),
    );
  });

  it("stacks layers without losing any, and leaves a gap a gap", () => {
    const steps = [0, 1].map((startUtcMs) => ({ startUtcMs, endUtcMs: startUtcMs + 1 }));
    const layers = [
      { origin: "own" as const, values: [5, null] },
      { origin: "bus" as const, values: [3, null] },
    ];
    assert.deepEqual(cumulated({ steps, layers }), [[5, null], [8, null]]);
  });

  it("is taken away with its commas and quotes", () => {
    assert.equal(toCsv(["a,b", "c"], [['say "x"', null]]), '"a,b",c\r\n"say ""x""",\r\n');
  });
});

describe("limits in the editor", () => {
  it("come back as they were, whatever they were", () => {
    const problem = readForm(formOf(START), "consumer");
    assert.deepEqual([problem.policy, problem.problems], [START, {}]);
  });

  it("are refused where the board would refuse them, and warned about where they are unwise", () => {
    const form = formOf(START);
    assert.deepEqual(Object.keys(readForm({ ...form, lowPermille: "60" }, "consumer").problems), ["highPermille"]);
    assert.deepEqual(readForm({ ...form, tripMa: "much" }, "consumer").problems, { tripMa: { kind: "number" } });
    assert.deepEqual(readForm({ ...form, lowPermille: "48" }, "consumer").warnings, ["narrow"]);
  });
});

describe("a calibration", () => {
  it("makes both points true", () => {
    const value = fc.integer({ min: -20_000, max: 20_000 });
    fc.assert(
      fc.property(value, fc.integer({ min: 100, max: 20_000 }), value, fc.integer({ min: 100, max: 20_000 }), (shown, apart, true_, trueApart) => {
        const found = calibrationOf({ shown, true: true_ }, { shown: shown + apart, true: true_ + trueApart });
        if (typeof found === "string") assert.ok(trueApart / apart < 0.1 || trueApart / apart > 10);
        else assert.ok(Math.abs((shown + apart) * found.gain + found.offset - true_ - trueApart) < 0.05);
      }),
    );
    assert.equal(calibrationOf({ shown: 0, true: 0 }, { shown: 10, true: 10 }), "tooClose");
  });
});

describe("the battery's pace", () => {
  const line = (permille: number[]) => permille.map((one, minute) => ({ utcMs: minute * 60_000, permille: one }));
  it("goes by what it does since it last turned", () => {
    const pace = paceOf(line([900, 850, 800, 400, 410, 420, 430]), "consumer", START);
    assert.deepEqual(pace !== null && pace !== "steady" && pace.map(({ goal, ms }) => [goal, Math.round(ms / 60_000)]), [["high", 7], ["full", 57]]);
  });
  it("says nothing of too little, and that it stands still", () => {
    assert.equal(paceOf(line([500, 501]), "consumer", START), null);
    assert.equal(paceOf(line([500, 500, 500, 500]), "consumer", START), "steady");
  });
});

describe("a flow in the picture", () => {
  it("is as strong as its share of the strongest", () => {
    fc.assert(
      fc.property(fc.integer({ min: -500_000, max: 500_000 }), fc.integer({ min: 0, max: 500_000 }), (power, more) => {
        const level = levelOf(power, Math.abs(power) + more);
        assert.ok(level >= 0 && level <= LEVELS);
        assert.ok(levelOf(power, Math.abs(power)) >= level);
      }),
    );
  });
});
