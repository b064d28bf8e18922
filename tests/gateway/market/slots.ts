/**
 * Random slots: few prices, so that many are equal; few nodes, so that preferences meet; energies of every size.
 * @module
 */
import fc from "fast-check";
import { MAX_PREFERRED, type Member, type Rules } from "#gateway/market/member.ts";

const MAX_ENERGY_MWH = 2 ** 47;
const MAX_PRICE = 2 ** 32 - 1;

const anyEnergy = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -2000, max: 2000 }) },
  { weight: 2, arbitrary: fc.integer({ min: -20, max: 20 }) },
  { weight: 1, arbitrary: fc.integer({ min: -MAX_ENERGY_MWH, max: MAX_ENERGY_MWH }) },
);
const anyPrice = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 6 }).map((step) => step * 50_000) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 400_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: MAX_PRICE }) },
);
const anyLimit = fc.oneof(fc.constantFrom(0, 1, 500), fc.integer({ min: 0, max: 3000 }), fc.constant(2 ** 48));

/** Members with nodes of their own, in any order. */
export function anyMembers(most: number): fc.Arbitrary<Member[]> {
  return fc.uniqueArray(fc.integer({ min: 1, max: 2 * most }), { minLength: 0, maxLength: most }).chain((nodes) => {
    const anyNode = fc.integer({ min: 1, max: 2 * most });
    const members = nodes.map((node) =>
      fc.record({
        node: fc.constant(node),
        energyMwh: anyEnergy,
        price: anyPrice,
        limitMwh: anyLimit,
        preferred: fc.oneof(fc.constant([]), fc.uniqueArray(anyNode, { maxLength: MAX_PREFERRED })),
      }),
    );
    return fc.tuple(...members);
  });
}

export const anyRules: fc.Arbitrary<Rules> = fc.record({
  slot: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  importPrice: anyPrice,
  exportPrice: anyPrice,
  complete: fc.boolean(),
});

export const anySlot = (most = 24): fc.Arbitrary<{ rules: Rules; members: Member[] }> => fc.record({ rules: anyRules, members: anyMembers(most) });
