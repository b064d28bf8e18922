import assert from "node:assert/strict";
import { id } from "ethers";
import { meterIdOf } from "#contracts/meter-id.ts";
import { RATED_POWER_W, useVillage, type Checkpoint } from "./village.ts";

/** Gas of a commit when the node and its meters have committed before; ceilings a few percent above what it was when this was written. */
const CASES = [
  { name: "readings only, 100 of them", meters: 0, slots: 1, readings: 100, ceiling: 64_000 },
  { name: "2 meters × 1 slot, 2 readings", meters: 2, slots: 1, readings: 2, ceiling: 98_000 },
  { name: "8 meters × 1 slot, 8 × 90 readings", meters: 8, slots: 1, readings: 720, ceiling: 200_000 },
  { name: "2 meters × 96 slots (a day of backlog), 2 × 8640 readings", meters: 2, slots: 96, readings: 17_280, ceiling: 1_400_000 },
];

describe("Gas of a commit", () => {
  const village = useVillage();

  for (const { name, meters, slots, readings, ceiling } of CASES) {
    it(`stays below its ceiling: ${name}`, async () => {
      const v = village();
      const meterIds = Array.from({ length: meters }, (_, meter) => meterIdOf("aabbccddee05", meter));
      await v.send(v.community, v.registry, "retireMeter", [v.bus]);
      for (const [i, meterId] of meterIds.entries()) await v.send(v.community, v.registry, "admitMeter", [1, meterId, i === 0 ? 3 : 0, RATED_POWER_W]);
      const run = (firstSlot: number, count: number): Checkpoint[] =>
        meterIds.flatMap((meterId) =>
          Array.from({ length: count }, (_, i) => ({
            meterId,
            slot: firstSlot + i,
            importMwh: 100_000n + 200n * BigInt(firstSlot + 2000 - v.slot + i),
            exportMwh: 200_000n + 100n * BigInt(firstSlot + 2000 - v.slot + i),
          })),
        );
      await v.commit({ checkpoints: meters === 0 ? [] : run(v.slot - 1024 + 1, slots) });
      const { gasUsed } = await v.commit({
        number: 2,
        root: id("second"),
        readingCount: readings,
        fromMs: 1_700_000_000_000,
        toMs: 1_700_000_900_000,
        checkpoints: run(v.slot + 1, slots),
      });
      console.log(`        ${name}: ${gasUsed} gas, ${Math.round(Number(gasUsed) / readings)} per reading`);
      assert.ok(gasUsed <= ceiling, `${gasUsed} gas is above ${ceiling}`);
    });
  }
});
