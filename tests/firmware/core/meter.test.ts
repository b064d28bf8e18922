import assert from "node:assert/strict";
import fc from "fast-check";
import { Meter, NANOJOULE_PER_MWH } from "#firmware/core/meter.ts";
import { FLAG } from "#firmware/wire/records.ts";

const ZERO = { importMwh: 0, exportMwh: 0 };
const windows = fc.array(
  fc.record({ ma: fc.integer({ min: -20000, max: 20000 }), mv: fc.integer({ min: 0, max: 30000 }), ms: fc.integer({ min: 0, max: 15000 }) }),
);

describe("meter", () => {
  it("counts 1 Wh in each direction for 12 W over 5 minutes", () => {
    const meter = new Meter(0, 0, { importMwh: 7, exportMwh: 9 });
    for (let i = 0; i < 3000; i++) meter.add(1000, 1000, 1000, 12000, 12000000, 100);
    for (let i = 0; i < 3000; i++) meter.add(-1000, -1000, -1000, 12000, -12000000, 100);
    assert.deepEqual(meter.counters, { importMwh: 1007, exportMwh: 1009 });
  });

  it("counts exactly the whole mWh of all windows together, in integers, and never backwards", () => {
    fc.assert(
      fc.property(windows, (given) => {
        const meter = new Meter(0, 0, ZERO);
        let imported = 0n;
        let exported = 0n;
        let before = { ...meter.counters };
        for (const { ma, mv, ms } of given) {
          meter.add(ma, ma, ma, mv, ma * mv, ms);
          const energy = BigInt(Math.abs(ma)) * BigInt(mv) * BigInt(ms);
          if (ma > 0) imported += energy;
          else exported += energy;
          assert.ok(meter.counters.importMwh >= before.importMwh && meter.counters.exportMwh >= before.exportMwh);
          before = { ...meter.counters };
        }
        assert.equal(BigInt(meter.counters.importMwh), imported / BigInt(NANOJOULE_PER_MWH));
        assert.equal(BigInt(meter.counters.exportMwh), exported / BigInt(NANOJOULE_PER_MWH));
      }),
    );
  });

  it("counts nothing below the starting current, nor without voltage", () => {
    const meter = new Meter(0, 100, ZERO);
    meter.add(99, 99, 99, 30000, 2970000, 1e8);
    meter.add(-99, -99, -99, 30000, -2970000, 1e8);
    meter.add(5000, 5000, 5000, -10, -50000, 1e8);
    assert.deepEqual(meter.counters, ZERO);
    meter.add(100, 100, 100, 30000, 3000000, 1e8);
    assert.ok(meter.counters.importMwh > 0);
  });

  it("counts real power, by its own sign, where current times voltage is more", () => {
    const meter = new Meter(0, 0, ZERO);
    // 2 A at 230 V and a power factor of a half: 230 W, for 36 s.
    for (let i = 0; i < 360; i++) meter.add(2000, 2000, 2000, 230000, 230000000, 100);
    assert.deepEqual(meter.counters, { importMwh: 2300, exportMwh: 0 });
    for (let i = 0; i < 360; i++) meter.add(-2000, -2000, -2000, 230000, -115000000, 100);
    assert.deepEqual(meter.counters, { importMwh: 2300, exportMwh: 1150 });
  });

  it("counts powers of any size exactly, up to 15 kW over the 15 s that a turn may be late", () => {
    const power = fc.record({ uw: fc.integer({ min: -15e9, max: 15e9 }), ms: fc.integer({ min: 0, max: 15000 }) });
    fc.assert(
      fc.property(fc.array(power), (given) => {
        const meter = new Meter(0, 0, { importMwh: 2 ** 47, exportMwh: 0 });
        let imported = 0n;
        let exported = 0n;
        for (const { uw, ms } of given) {
          meter.add(Math.sign(uw) * 60000, 0, 0, 250000, uw, ms);
          if (uw > 0) imported += BigInt(uw) * BigInt(ms);
          else exported -= BigInt(uw) * BigInt(ms);
        }
        assert.equal(BigInt(meter.counters.importMwh) - 2n ** 47n, imported / BigInt(NANOJOULE_PER_MWH));
        assert.equal(BigInt(meter.counters.exportMwh), exported / BigInt(NANOJOULE_PER_MWH));
      }),
    );
  });

  it("counts nothing for a power that is no number, and goes on", () => {
    const meter = new Meter(0, 0, ZERO);
    meter.add(1000, 1000, 1000, 12000, NaN, 100);
    for (let i = 0; i < 300; i++) meter.add(1000, 1000, 1000, 12000, 12000000, 100);
    assert.deepEqual(meter.counters, { importMwh: 100, exportMwh: 0 });
  });

  it("gives the time-weighted means and the extremes of the interval, then begins anew", () => {
    const meter = new Meter(1, 0, ZERO);
    meter.cut(0, 0);
    meter.add(1000, 900, 1200, 12000, 12000000, 300);
    meter.add(-1000, -1300, -800, 11000, -11000000, 100);
    const reading = meter.cut(400, 3);
    assert.deepEqual(reading, {
      kind: "reading",
      meter: 1,
      uptimeMs: 400,
      currentMa: 500,
      minCurrentMa: -1300,
      maxCurrentMa: 1200,
      voltageMv: 11750,
      importMwh: 1,
      exportMwh: 0,
      relays: 3,
      flags: 0,
    });
    meter.add(7, 7, 7, 1, 7, 100);
    assert.deepEqual([meter.cut(500, 0).minCurrentMa, meter.cut(600, 0).flags], [7, FLAG.suspect]);
  });

  it("keeps the mean between the extremes", () => {
    fc.assert(
      fc.property(windows, (given) => {
        const meter = new Meter(0, 0, ZERO);
        for (const { ma, mv, ms } of given) meter.add(ma, ma, ma, mv, ma * mv, ms);
        const { minCurrentMa, currentMa, maxCurrentMa } = meter.cut(1, 0);
        assert.ok(minCurrentMa <= currentMa && currentMa <= maxCurrentMa);
      }),
    );
  });

  it("marks the first reading after a restart, and flags one interval only", () => {
    const meter = new Meter(0, 0, ZERO);
    meter.add(1, 1, 1, 1, 1, 1);
    meter.flag(FLAG.clipped);
    assert.equal(meter.cut(1, 0).flags, FLAG.resumed + FLAG.clipped);
    meter.add(1, 1, 1, 1, 1, 1);
    assert.equal(meter.cut(2, 0).flags, 0);
  });
});
