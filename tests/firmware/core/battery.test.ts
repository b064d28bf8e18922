import assert from "node:assert/strict";
import fc from "fast-check";
import { BatteryCharge } from "#firmware/core/battery.ts";

const BATTERY = { capacityMah: 1000, emptyMv: 11000, fullMv: 13000, internalMilliohm: 100 };

describe("battery charge", () => {
  it("is unknown before the first measurement", () => {
    assert.equal(new BatteryCharge(BATTERY, 500).permille(), null);
  });

  it("begins with what the voltage at rest says, the load's drop taken out", () => {
    for (const [ma, mv] of [
      [0, 12000],
      [-5000, 11500],
      [5000, 12500],
    ] as const) {
      const charge = new BatteryCharge(BATTERY, null);
      charge.update(ma, mv, 100);
      assert.equal(charge.permille(), 500);
    }
  });

  it("goes on with the charge from before a restart, unless the voltage contradicts it", () => {
    const near = new BatteryCharge(BATTERY, 400);
    near.update(0, 12000, 100);
    assert.equal(near.permille(), 400);
    const swapped = new BatteryCharge(BATTERY, 100);
    swapped.update(0, 12800, 100);
    assert.equal(swapped.permille(), 900);
  });

  it("counts what flows in and out between", () => {
    const charge = new BatteryCharge(BATTERY, null);
    // 1 A of 1 Ah for 6 minutes is a tenth. The voltage follows, so that it has nothing to correct.
    charge.update(-1000, 11900, 100);
    for (let i = 0; i < 3600; i++) charge.update(-1000, 11900 - i / 18, 100);
    assert.ok(Math.abs((charge.permille() ?? 0) - 400) <= 1, String(charge.permille()));
    for (let i = 0; i < 3600; i++) charge.update(1000, 11900 + i / 18, 100);
    assert.ok(Math.abs((charge.permille() ?? 0) - 500) <= 1, String(charge.permille()));
  });

  it("comes round to the voltage at rest in the end, sooner without load", () => {
    const after = (ma: number, hours: number): number => {
      const charge = new BatteryCharge({ ...BATTERY, capacityMah: 10000000 }, 600);
      for (let i = 0; i < hours * 3600; i++) charge.update(ma, 12000 + ma / 10, 1000);
      return charge.permille() ?? NaN;
    };
    assert.ok(after(0, 2) <= 501, String(after(0, 2)));
    const bigLoad = new BatteryCharge({ ...BATTERY, capacityMah: 100 }, 600);
    bigLoad.update(0, 12000, 1);
    bigLoad.update(6, 12000, 600000);
    assert.ok((bigLoad.permille() ?? 0) > 500);
  });

  it("stays between empty and full whatever is measured", () => {
    const step = fc.tuple(fc.integer({ min: -50000, max: 50000 }), fc.integer({ min: 0, max: 30000 }), fc.integer({ min: 0, max: 15000 }));
    fc.assert(
      fc.property(fc.option(fc.integer({ min: 0, max: 1000 })), fc.array(step, { minLength: 1 }), (kept, steps) => {
        const charge = new BatteryCharge(BATTERY, kept);
        for (const [ma, mv, ms] of steps) {
          charge.update(ma, mv, ms);
          const permille = charge.permille() ?? -1;
          assert.ok(Number.isInteger(permille) && permille >= 0 && permille <= 1000);
        }
      }),
    );
  });
});
