import assert from "node:assert/strict";
import fc from "fast-check";
import { ADC_CODES, createAdc } from "#tools/virtual-board/fake/adc.ts";

const FULL_SCALE_V = 3.597;

describe("virtual-board/fake: adc", () => {
  it("stays within ±12 LSB of a straight line, on every part and voltage, but for its reference", () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0, max: FULL_SCALE_V, noNaN: true }), (seed, volts) => {
        const ideal = (volts / FULL_SCALE_V) * ADC_CODES;
        assert.ok(Math.abs(createAdc(seed, { vrefSpread: 0 }).curve(volts) - ideal) <= 12);
      }),
    );
  });

  it("has a reference that differs from part to part by at most its spread", () => {
    const gains = Array.from(
      { length: 200 },
      (_, seed) => (createAdc(seed, { bowLsb: 0, rippleLsb: 0 }).curve(1) * FULL_SCALE_V) / ADC_CODES,
    );
    assert.ok(Math.min(...gains) > 0.91 && Math.max(...gains) < 1.1);
    assert.ok(Math.max(...gains) - Math.min(...gains) > 0.1);
  });

  it("gives whole codes from 0 to 4095 and stays at the ends of its range", () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: -10, max: 20, noNaN: true }), (seed, volts) => {
        const code = createAdc(seed).convert(volts);
        assert.ok(Number.isInteger(code) && code >= 0 && code < ADC_CODES);
        if (volts < -1) assert.equal(code, 0);
        if (volts > 5) assert.equal(code, ADC_CODES - 1);
      }),
    );
  });

  it("makes noise of the given size around its curve, the same for one seed", () => {
    const [adc, twin] = [createAdc(3, { noiseLsb: 3 }), createAdc(3, { noiseLsb: 3 })];
    const codes = Array.from({ length: 4000 }, () => adc.convert(1.2));
    assert.deepEqual(
      codes.slice(0, 20),
      Array.from({ length: 20 }, () => twin.convert(1.2)),
    );
    const mean = codes.reduce((sum, code) => sum + code, 0) / codes.length;
    const deviation = Math.sqrt(codes.reduce((sum, code) => sum + (code - mean) ** 2, 0) / codes.length);
    assert.ok(Math.abs(mean - adc.curve(1.2)) < 0.3);
    assert.ok(Math.abs(deviation - 3) < 0.3);
  });
});
