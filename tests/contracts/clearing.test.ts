/**
 * The contract's clearing against the gateway's: two implementations of one specification, equal to the last unit. `CLEARING_SLOTS=10000`
 * compares ten thousand slots.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { connectChain } from "#chain/provider.ts";
import { startAnvil, type Anvil } from "#chain/anvil.ts";
import { amountOf, clearSlot, clearingOrders, compareEnds } from "#gateway/market/clear.ts";
import { fund } from "#gateway/market/fund.ts";
import { anySlot } from "#tests/gateway/market/slots.ts";
import { createDifferential, type Differential } from "./differential.ts";
import { CHAIN_ID } from "./village.ts";

const SLOTS = Number(process.env["CLEARING_SLOTS"] ?? 500);
const SEED = Number(process.env["SEED"] ?? 20_171_124);

describe("Clearing", function () {
  // Ten milliseconds a slot on a slow machine, and the harness to compile.
  this.timeout(60_000 + 60 * SLOTS);
  let anvil: Anvil;
  let differential: Differential;
  before(async () => {
    anvil = await startAnvil({ port: 0, description: { chainId: CHAIN_ID } });
    differential = await createDifferential(connectChain(anvil.rpcUrl, CHAIN_ID));
  });
  after(async () => {
    differential.close();
    await anvil.stop();
  });

  it(`gives what the gateway's clearing gives, in ${SLOTS} random slots`, async () => {
    const slots = fc.sample(anySlot(), { numRuns: SLOTS, seed: SEED });
    const differences = await differential.compareSlots(slots);
    assert.deepEqual(differences, []);
    const trades = slots.reduce((sum, { rules, members }) => sum + clearSlot(rules, members).trades.length, 0);
    assert.ok(trades > SLOTS, `there is trade in them: ${trades}`);
  });

  it("refuses lists that are not in order, name somebody twice or leave somebody out", async () => {
    const refusals = { NotInOrder: 0, IncompleteOrder: 0 };
    for (const { rules, members } of fc.sample(anySlot(12), { numRuns: 60, seed: SEED })) {
      const { asks, bids } = clearingOrders(rules, members);
      const [first, second, ...rest] = bids;
      if (first === undefined || second === undefined) continue;
      const wrong = [[second, first, ...rest], [first, first, ...rest], [first, 65_535, ...rest], bids.slice(1), [...bids, first]];
      for (const list of wrong) {
        const error = await differential.refusal(rules, members, asks, list);
        assert.ok(error === "NotInOrder" || error === "IncompleteOrder", error);
        refusals[error] += 1;
      }
      const [ask] = asks;
      if (ask !== undefined) assert.equal(await differential.refusal(rules, members, [first, ...asks.slice(1)], bids), "NotInOrder");
    }
    assert.ok(refusals.NotInOrder > 50 && refusals.IncompleteOrder > 50, JSON.stringify(refusals));
  });

  it("funds as the gateway does, also when the pool has too little", async () => {
    const amount = fc.bigInt({ min: -1000n, max: 1000n });
    const anyFunds = fc.array(fc.record({ balance: amount, change: amount }), { maxLength: 12 });
    const cases = fc.sample(fc.record({ members: anyFunds, pool: fc.bigInt({ min: 0n, max: 500n }) }), { numRuns: 300, seed: SEED }).map(({ members, pool }) => ({
      pool,
      balances: members.map(({ balance }) => balance),
      changes: members.map(({ change }) => change),
    }));
    const expected = cases.map(({ changes, ...funds }) => fund(funds, changes));
    assert.deepEqual(await differential.fund(cases), expected);
    assert.ok(expected.filter(({ dues }) => dues.some((due) => due > 0n)).length > 30, "the pool is short in many of them");
  });

  it("tolerates as the gateway does, to the milliwatt-hour", async () => {
    const anyEnds = fc.record({ importedMwh: fc.nat(10_000), exportedMwh: fc.nat(10_000), lossPermille: fc.nat(1000), slackMwh: fc.nat(100) });
    for (const ends of fc.sample(anyEnds, { numRuns: 60, seed: SEED })) {
      const { toleratedMwh, agree } = compareEnds(ends, ends);
      assert.deepEqual(await differential.compareEnds(ends), [BigInt(toleratedMwh), agree]);
    }
  });

  it("rounds against whoever pays or gets", () => {
    assert.deepEqual([-1_000_001n, -1_000_000n, -1n, 0n, 1n, 999_999n, 1_000_000n].map(amountOf), [-2n, -1n, -1n, 0n, 0n, 0n, 1n]);
  });
});
