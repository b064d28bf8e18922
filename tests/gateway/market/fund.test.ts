import assert from "node:assert/strict";
import fc from "fast-check";
import { fund, useCredits } from "#gateway/market/fund.ts";

const coin = fc.bigInt({ min: -1000n, max: 1000n });
const anyFunds = fc.record({ members: fc.array(fc.record({ balance: coin, change: coin }), { maxLength: 12 }), pool: fc.bigInt({ min: 0n, max: 500n }) });
const positive = (value: bigint): bigint => (value > 0n ? value : 0n);
const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

describe("fund", () => {
  const run = (check: (balances: bigint[], pool: bigint, changes: bigint[], after: ReturnType<typeof fund>) => void): void =>
    fc.assert(
      fc.property(anyFunds, ({ members, pool }) => {
        const [balances, changes] = [members.map(({ balance }) => balance), members.map(({ change }) => change)];
        check(balances, pool, changes, fund({ balances, pool }, changes));
      }),
    );

  it("makes and loses no coin: what members and pool had, they have", () => {
    run((balances, pool, _changes, after) => {
      assert.equal(sum(after.balances.map(positive)) + after.pool, sum(balances.map(positive)) + pool);
    });
  });

  it("never leaves the pool below nothing, and owes only what it cannot pay", () => {
    run((balances, _pool, changes, after) => {
      assert.ok(after.pool >= 0n);
      const short = sum(after.dues);
      // Each share is rounded down, so that less than a unit for each stays.
      if (short > 0n) assert.ok(after.pool < BigInt(balances.length), `${after.pool} left while it owes ${short}`);
      for (const [i, due] of after.dues.entries()) {
        assert.ok(due >= 0n && (due === 0n || (changes[i] ?? 0n) > 0n));
        assert.equal((after.balances[i] ?? 0n) + due, (balances[i] ?? 0n) + (changes[i] ?? 0n));
      }
    });
  });
});

describe("useCredits", () => {
  it("uses no more than was paid in advance or than the trades cost, and only with that seller", () => {
    const place = fc.integer({ min: 0, max: 3 });
    const anyTrades = fc.array(fc.record({ buyer: place, seller: place, energyMwh: fc.integer({ min: 1, max: 10_000_000 }), price: fc.integer({ min: 0, max: 400_000 }) }), { maxLength: 10 });
    const anyCredits = fc.array(fc.tuple(place, place, fc.bigInt({ min: 0n, max: 500_000n })), { maxLength: 8 });
    fc.assert(
      fc.property(anyTrades, anyCredits, (trades, paid) => {
        const before = new Map(paid.map(([buyer, seller, amount]) => [`${buyer}/${seller}`, amount]));
        const after = new Map(before);
        const used = useCredits(trades, after, 4);
        assert.equal(sum(used), sum([...before.values()]) - sum([...after.values()]));
        for (const [pair, amount] of before) {
          const cost = sum(trades.filter(({ buyer, seller }) => `${buyer}/${seller}` === pair).map(({ energyMwh, price }) => (BigInt(energyMwh) * BigInt(price)) / 1_000_000n));
          assert.equal(amount - (after.get(pair) ?? 0n), amount < cost ? amount : cost, pair);
        }
      }),
    );
  });
});
