/**
 * Clearing a large slot: 5,000 sellers and 5,000 buyers, beside sorting their orders alone, which any matcher has to do.
 *
 * Grid Singularity's matchers (Python) were measured before this project began, on a machine with two cores, at 7.2 s (pay as clear) and 59 s
 * (pay as bid) for as many orders. They are not run here: our figure is to be read beside theirs by its order of magnitude. Their bids name no
 * preferred seller, ours (in the second figure) name up to five.
 * @module
 */
import { clearSlot } from "#gateway/market/clear.ts";
import type { Member, Rules } from "#gateway/market/member.ts";
import { median } from "./harness.ts";
import type { Bench, Figure } from "./harness.ts";

const SELLERS = 5000;
const BUYERS = 5000;
const RUNS = 31;
const RULES: Rules = { slot: 1_964_000, importPrice: 300_000, exportPrice: 80_000, complete: true };

/** Numbers from 0 to below `bound`, the same in every run (Lehmer's generator; Park and Miller 1988). */
function numbers(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % bound;
  };
}

function community(preferring: boolean): Member[] {
  const next = numbers(2017);
  const sellers = Array.from({ length: SELLERS }, (_, i): Member => ({ node: i + 1, energyMwh: -(1 + next(5000)), price: 80_000 + next(220_000), limitMwh: 1 + next(6000), preferred: [] }));
  const buyers = Array.from({ length: BUYERS }, (_, i): Member => {
    const preferred = preferring ? [...new Set(Array.from({ length: next(6) }, () => 1 + next(SELLERS)))] : [];
    return { node: SELLERS + i + 1, energyMwh: 1 + next(5000), price: 80_000 + next(220_000), limitMwh: 0, preferred };
  });
  return [...sellers, ...buyers];
}

/** Median, once the function is compiled: a gateway clears slot after slot. */
function milliseconds(work: () => void): number {
  for (let i = 0; i < RUNS; i++) work();
  const times = Array.from({ length: RUNS }, () => {
    const start = process.hrtime.bigint();
    work();
    return Number(process.hrtime.bigint() - start) / 1e6;
  });
  return median(times);
}

function sortOrders(members: Member[]): void {
  const prices = (buying: boolean): number[] => members.filter(({ energyMwh }) => energyMwh > 0 === buying).map(({ price }) => price);
  prices(true).sort((a, b) => b - a);
  prices(false).sort((a, b) => a - b);
}

export const market: Bench = {
  name: "market",
  summary: `clearing a slot of ${SELLERS} asks and ${BUYERS} bids`,
  async run(): Promise<Figure[]> {
    return [false, true].map((preferring): Figure => {
      const members = community(preferring);
      const { trades } = clearSlot(RULES, members);
      return {
        name: `${SELLERS} + ${BUYERS} orders${preferring ? ", up to five preferred sellers each" : ""}, ${trades.length} trades`,
        value: milliseconds(() => clearSlot(RULES, members)),
        unit: "ms",
        reference: { name: "sorting their prices alone", value: milliseconds(() => sortOrders(members)) },
        aim: { of: "value", atMost: 20 },
      };
    });
  },
};
