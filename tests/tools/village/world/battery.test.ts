import assert from "node:assert/strict";
import fc from "fast-check";
import { charge, emptyAfterMs, restVolts, shareAtRest, storedMwh } from "#tools/village/world/battery.ts";

const spec = { capacityMah: 1200, internalOhm: 0.06, chargeEfficiency: 0.9 };
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe("village/world/battery", () => {
  it("rests at a voltage that rises with its charge, and back", () => {
    fc.assert(
      fc.property(share, share, (a, b) => {
        if (a < b) assert.ok(restVolts(a) <= restVolts(b));
        assert.ok(Math.abs(shareAtRest(restVolts(a)) - a) < 1e-9);
      }),
    );
    assert.equal(shareAtRest(5), 0);
    assert.equal(shareAtRest(20), 1);
  });

  it("stores the area under its curve of rest", () => {
    fc.assert(
      fc.property(share, (full) => {
        const slices = 2000;
        let area = 0;
        for (let i = 0; i < slices; i++) area += (restVolts(((i + 0.5) / slices) * full) * full * spec.capacityMah) / slices;
        assert.ok(Math.abs(storedMwh(spec, full * spec.capacityMah) - area) < 0.01);
      }),
    );
  });

  it("never holds less than nothing or more than its capacity, and says what charging lost", () => {
    fc.assert(
      fc.property(
        share,
        fc.double({ min: -20, max: 20, noNaN: true }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (full, amps, dtMs) => {
          const before = full * spec.capacityMah;
          const after = charge(spec, before, amps, dtMs);
          assert.ok(after.chargeMah >= 0 && after.chargeMah <= spec.capacityMah);
          const flowedMah = (amps * dtMs) / 3600;
          if (amps <= 0) assert.equal(after.lostMwh, 0);
          else
            assert.ok(Math.abs(after.lostMwh - restVolts(full) * (flowedMah - (after.chargeMah - before))) <= 1e-9 * (1 + flowedMah) * 13);
        },
      ),
    );
  });

  it("tells when it will be empty", () => {
    assert.equal(emptyAfterMs(10, -36), 1000);
    assert.equal(emptyAfterMs(10, 1), Infinity);
    assert.equal(charge(spec, 10, -36, 1000).chargeMah, 0);
  });
});
