import assert from "node:assert/strict";
import fc from "fast-check";
import { SOURCE } from "#firmware/wire/records.ts";
import { svgChart, terminalChart } from "#tools/replay/chart.ts";
import { samplesOf } from "#tools/replay/history.ts";
import { DEFAULT_POLICY, parsePolicy } from "#tools/replay/policy-file.ts";
import { parseRecording } from "#tools/replay/recording.ts";
import type { Sample } from "#tools/replay/recording.ts";
import { replay } from "#tools/replay/replay.ts";
import type { ReplayOptions } from "#tools/replay/replay.ts";

const HOUR_MS = 3_600_000;
const OPTIONS: ReplayOptions = {
  role: "consumer",
  policy: DEFAULT_POLICY,
  capacityMwh: 100_000,
  nominalMv: 12_000,
  startPermille: 500,
  chargeEfficiency: 1,
  giveMw: 20_000,
  gapMs: 900_000,
  stepMs: 1000,
};

/** A sample a minute. */
function minutes(count: number, of: (minute: number) => Partial<Sample>): Sample[] {
  return Array.from({ length: count + 1 }, (_, minute) => ({ utcMs: minute * 60_000, loadMw: 0, generationMw: 0, busMv: null, ...of(minute) }));
}

describe("a replay of the policy", () => {
  it("goes to the bus at the low limit and back at the high one", () => {
    // 10 W from 50 Wh for 3 h: 20 Wh are left, below 25 %; then 60 W of sun for an hour.
    const samples = minutes(300, (minute) => ({ loadMw: 10_000, generationMw: minute < 200 ? 0 : 60_000 }));
    const { switches } = replay(samples, OPTIONS);
    assert.deepEqual(
      switches.map(({ source }) => source),
      [SOURCE.bus, SOURCE.own],
    );
    const [toBus, back] = switches;
    assert.ok(toBus !== undefined && Math.abs(toBus.utcMs - 2.5 * HOUR_MS) < 2 * 60_000, "25 Wh at 10 W are 2.5 h");
    assert.equal(toBus?.limit, 250);
    assert.equal(back?.limit, 400);
  });

  it("accounts for every milliwatt-hour", () => {
    const sample = fc.record({ loadMw: fc.integer({ min: 0, max: 50_000 }), generationMw: fc.integer({ min: 0, max: 80_000 }), busMv: fc.constantFrom(null, 0, 12_500) });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 10, maxLength: 120 }), fc.constantFrom("consumer" as const, "producer" as const), fc.integer({ min: 0, max: 1000 }), (values, role, startPermille) => {
        const samples = values.map((value, index) => ({ utcMs: index * 60_000, ...value }));
        const result = replay(samples, { ...OPTIONS, role, startPermille, stepMs: 10_000, policy: { ...DEFAULT_POLICY, minOnMs: 0, minOffMs: 0 } });
        const sum = result.fromOwnMwh + result.fromBusMwh + result.unservedMwh;
        assert.ok(Math.abs(result.loadMwh - sum) <= 2, `load ${result.loadMwh}, its parts ${sum}`);
        const sun = samples.slice(0, -1).reduce((total, { generationMw }) => total + generationMw / 60, 0);
        const last = result.chargePermille.at(-1) ?? 0;
        const stored = ((last - startPermille) * OPTIONS.capacityMwh) / 1000;
        const used = result.fromOwnMwh + result.givenMwh + result.unusedMwh + stored;
        assert.ok(Math.abs(sun - used) <= OPTIONS.capacityMwh / 1000 + 2, `sun ${sun}, used ${used}`);
        assert.ok(result.chargePermille.every((charge) => charge >= 0 && charge <= 1000));
      }),
      { numRuns: 60 },
    );
  });

  it("counts nothing in a gap, and says how long it was", () => {
    const samples = [0, 1, 2, 60, 61].map((minute) => ({ utcMs: minute * 60_000, loadMw: 6000, generationMw: 0, busMv: null }));
    const result = replay(samples, OPTIONS);
    assert.equal(result.gapMs, 58 * 60_000);
    assert.equal(result.loadMwh, 300);
  });

  it("switches more often with narrower limits", () => {
    const samples = minutes(1440, () => ({ loadMw: 40_000, generationMw: 21_000 }));
    const wide = replay(samples, { ...OPTIONS, startPermille: 300 });
    const narrow = replay(samples, { ...OPTIONS, startPermille: 300, policy: { ...DEFAULT_POLICY, highPermille: 260 } });
    assert.ok(narrow.switches.length > wide.switches.length, `${narrow.switches.length} and ${wide.switches.length}`);
  });

  it("is drawn with every source that it had", () => {
    const samples = minutes(300, () => ({ loadMw: 10_000 }));
    const result = replay(samples, OPTIONS);
    const named = { name: 'a<b>&"c".json', replay: result, limits: [250, 400] };
    const [charge = "", source = ""] = terminalChart(named, 40).split("\n");
    assert.equal(charge.length, source.length);
    assert.match(source, /^source o+B+$/);
    const svg = svgChart([named], samples);
    assert.match(svg, /a&lt;b&gt;&amp;&quot;c&quot;\.json/);
    assert.ok(!svg.includes("NaN"));
  });
});

describe("a recording", () => {
  it("is read with any of the usual times", () => {
    const expected = { utcMs: 1_700_000_000_000, loadMw: 1500, generationMw: 250, busMv: 12_100 };
    for (const time of ["2023-11-14T22:13:20Z", "1700000000", "1700000000000"]) {
      assert.deepEqual(parseRecording(`\uFEFFTime,Load_W,generation_w,bus_v\n${time},1.5,0.25,12.1\n2030-01-01T00:00:00Z,1,1,\n`)[0], expected);
    }
  });

  for (const [what, csv, expected] of [
    ["no header", "1,2\n3,4\n", /must name the columns/],
    ["a time that is none", "time,load_w\nyesterday,1\n1700000000,1\n", /line 2: "yesterday" is no time/],
    ["a number that is none", "time,load_w\n1700000000,much\n1700000001,1\n", /line 2: load_w must be a number, not "much"/],
    ["a negative load", "time,load_w\n1700000000,-1\n1700000001,1\n", /cannot be negative/],
    ["times that go back", "time,load_w\n1700000001,1\n1700000000,1\n", /line 3: times must ascend/],
    ["one line", "time,load_w\n1700000000,1\n", /at least two/],
    ["nothing", "", /empty/],
    ["ragged lines", "time,load_w\n1,2,3\n", /no CSV table/],
  ] as const) {
    it(`with ${what} is refused with its place`, () => {
      assert.throws(() => parseRecording(csv), expected);
    });
  }
});

describe("a policy file", () => {
  it("changes what it names and leaves the rest", () => {
    assert.deepEqual(parsePolicy('{"lowPermille": 300}', "x.json"), { ...DEFAULT_POLICY, lowPermille: 300 });
  });

  for (const [text, expected] of [
    ["{", /x\.json is not JSON/],
    ["[]", /must hold an object/],
    ['{"low": 1}', /there is no limit "low"/],
    ['{"lowPermille": "1"}', /lowPermille must be a number/],
    ['{"lowPermille": 500}', /x\.json: .*lowPermille must be below highPermille/],
  ] as const) {
    it(`such as ${text} is refused`, () => {
      assert.throws(() => parsePolicy(text, "x.json"), expected);
    });
  }
});

describe("a gateway's history", () => {
  it("tells the home's need less its sun, where both meters measured", () => {
    const point = (minute: number, powerMw: number | null, voltageMv: number | null = null) => ({ startUtcMs: minute * 60_000, powerMw, voltageMv });
    // The battery gives 20 W; then the bus feeds 30 W while 10 W charge it; then the sun charges 40 W; then a gap.
    const samples = samplesOf([point(0, -20_000), point(1, 10_000), point(2, 40_000), point(3, null), point(4, -1)], [point(0, 0, 12_000), point(1, 30_000, 11_900), point(2, 0), point(3, 0)]);
    assert.deepEqual(samples, [
      { utcMs: 0, loadMw: 20_000, generationMw: 0, busMv: 12_000 },
      { utcMs: 60_000, loadMw: 20_000, generationMw: 0, busMv: 11_900 },
      { utcMs: 120_000, loadMw: 0, generationMw: 40_000, busMv: null },
    ]);
  });
});
