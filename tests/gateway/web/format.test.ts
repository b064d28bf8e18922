import assert from "node:assert/strict";
import fc from "fast-check";
import { amperes, duration, energy, percent, roughly, shortHash, timeOf, volts, wattHours, watts } from "#gateway/web/app/format.ts";

/** Texts with plain spaces, to be read here. */
const plain = (texts: readonly string[]): string[] => texts.map((text) => text.replaceAll("\u00a0", " "));

describe("numbers on the dashboard", () => {
  it("keep about three digits in the unit that fits, with a real minus and no minus zero", () => {
    assert.deepEqual(plain([0, -0.2, -1, 420, 4_380, -21_240, 123_456, 2_345_000].map(watts)), ["0 W", "0 W", "−1 mW", "420 mW", "4.38 W", "−21.2 W", "123 W", "2.35 kW"]);
    assert.deepEqual(plain([999, 1000, 9_994, 9_995, 99_949, 99_950, 999_499, 999_500].map(watts)), ["999 mW", "1.00 W", "9.99 W", "10.0 W", "99.9 W", "100 W", "999 W", "1.00 kW"]);
    assert.deepEqual(plain([volts(12_345), amperes(-1_650), amperes(-1)]), ["12.35 V", "−1.65 A", "0.00 A"]);
    assert.deepEqual(plain([248, 250, 1000, 0].map(percent)), ["24.8 %", "25 %", "100 %", "0 %"]);
    assert.deepEqual(plain([0, 527, 99_999, 123_456, 1_234_567_890].map(wattHours)), ["0.000 Wh", "0.527 Wh", "99.999 Wh", "123.5 Wh", "1,234,567.9 Wh"]);
    assert.deepEqual(plain([0, 87, 999, 1_000, 250_000, 12_345_000].map(energy)), ["0 mWh", "87 mWh", "999 mWh", "1.00 Wh", "250 Wh", "12.3 kWh"]);
  });

  it("never show more than a unit's worth of digits, and always the right sign", () => {
    fc.assert(
      fc.property(fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }), (powerMw) => {
        const [, minus, digits, unit = ""] = /^(−?)([\d.,]+)\u00a0([mk]?W)$/.exec(watts(powerMw)) ?? assert.fail(watts(powerMw));
        const shown = Number(digits?.replaceAll(",", "")) * (minus === "" ? 1 : -1) * ({ mW: 1, W: 1000, kW: 1_000_000 }[unit] ?? Number.NaN);
        assert.ok(Math.abs(shown - powerMw) <= Math.max(1, Math.abs(powerMw) * 0.0051), `${powerMw} as ${watts(powerMw)}`);
      }),
      { seed: 5 },
    );
  });

  it("say lengths of time in one unit or two", () => {
    const texts = [-5, 999, 59_999, 60_000, 3_599_999, 3_600_000, 86_400_000].map(duration);
    assert.deepEqual(plain(texts), ["0 s", "0 s", "59 s", "1 min 0 s", "59 min 59 s", "1 h 0 min", "1 d 0 h"]);
    assert.deepEqual(plain([8_000, 125_000, 7_200_000, 11_400_000, 345_600_000].map(roughly)), ["8 s", "2 min", "2 h", "3 h 10 min", "4 d"]);
  });

  it("add the day to a time that is not today's", () => {
    const noon = new Date(2026, 4, 20, 12, 0, 5).getTime();
    assert.equal(timeOf(noon, noon + 1000), "12:00:05");
    assert.equal(timeOf(noon, noon + 86_400_000), "20 May, 12:00:05");
  });

  it("shorten a hash to its ends", () => {
    assert.equal(shortHash(`0x5e3a${"0".repeat(56)}91bc`), "0x5e3a…91bc");
    assert.equal(shortHash("0x1234"), "0x1234");
  });
});
