import assert from "node:assert/strict";
import fc from "fast-check";
import type { ClearedSlot } from "#gateway/ledger/exchange/cleared.ts";
import { flowsOf } from "#gateway/ledger/exchange/flows.ts";
import { amountFor, explain, lateLines, POOL, type Tariff } from "#gateway/ledger/exchange/lines.ts";
import { outcomeOf, replay } from "#gateway/ledger/exchange/replay.ts";
import { amountOf, clearSlot } from "#gateway/market/clear.ts";
import type { Member, Rules } from "#gateway/market/member.ts";
import { anySlot } from "#tests/gateway/market/slots.ts";

/** A slot as its event tells it: without orders and rules. */
function eventOf(rules: Rules, members: readonly Member[]): { cleared: ClearedSlot; tariff: Tariff; preferredOf: (node: number) => readonly number[] } {
  const { trades, amounts } = clearSlot(rules, members);
  const told = members.map(({ node, energyMwh }, place) => ({ node, energyMwh, amount: amounts[place] ?? 0n }));
  const cleared = { slot: rules.slot, state: "final" as const, members: told, trades, transactionHash: "0x", blockNumber: 1 };
  return { cleared, tariff: rules, preferredOf: (node) => members.find((member) => member.node === node)?.preferred ?? [] };
}

const energyOf = (lines: readonly { energyMwh: number | null }[]): number => lines.reduce((sum, { energyMwh }) => sum + (energyMwh ?? 0), 0);

describe("the lines of a settlement", () => {
  it("tell of all energy of a member, and add up to its amount to the last unit", () => {
    fc.assert(
      fc.property(anySlot(), ({ rules, members }) => {
        const { cleared, tariff, preferredOf } = eventOf(rules, members);
        for (const [place, { node, energyMwh }] of members.entries()) {
          const explained = explain({ cleared, node, tariff, preferredOf });
          assert.equal(amountFor(explained?.lines ?? [], node), cleared.members[place]?.amount);
          assert.equal(energyOf(explained?.lines ?? []), Math.abs(energyMwh));
        }
      }),
    );
  });

  it("name a preferred seller as such, another one as the cheapest that was left, and the pool for the rest", () => {
    fc.assert(
      fc.property(anySlot(), ({ rules, members }) => {
        const { cleared, tariff, preferredOf } = eventOf(rules, members);
        for (const { node } of members) {
          for (const { buyer, seller, why, price } of explain({ cleared, node, tariff, preferredOf })?.lines ?? []) {
            if (why === "preferred" || why === "cheapest") assert.equal(preferredOf(buyer).includes(seller), why === "preferred");
            else if (why === "pool") assert.equal(price, seller === POOL ? tariff.importPrice : tariff.exportPrice);
            else assert.deepEqual([why, seller, buyer, price], ["loss", node, POOL, null]);
          }
        }
      }),
    );
  });

  it("of late energy add up as well, import and export by themselves", () => {
    const any = fc.record({ importMwh: fc.nat(2 ** 40), exportMwh: fc.nat(2 ** 40), importPrice: fc.nat(2 ** 31), exportPrice: fc.nat(2 ** 31) });
    fc.assert(
      fc.property(any, ({ importMwh, exportMwh, ...tariff }) => {
        const amount = amountOf(BigInt(exportMwh) * BigInt(tariff.exportPrice) - BigInt(importMwh) * BigInt(tariff.importPrice));
        const lines = lateLines(7, amount, tariff, { importMwh, exportMwh });
        assert.equal(amountFor(lines, 7), amount);
        assert.equal(energyOf(lines), importMwh + exportMwh);
        assert.equal(amountFor(lateLines(7, amount, tariff, undefined), 7), amount);
      }),
    );
  });

  it("say nothing of energy that does not fit the amount", () => {
    const lines = lateLines(7, -100n, { importPrice: 300_000, exportPrice: 0 }, { importMwh: 9000, exportMwh: 0 });
    assert.deepEqual(lines, [{ seller: POOL, buyer: 7, energyMwh: null, price: null, amount: 100n, why: "late" }]);
  });

  it("of a disputed slot pay nothing", () => {
    const cleared = { state: "disputed" as const, members: [{ node: 3, energyMwh: -50, amount: 0n }], trades: [] };
    const explained = explain({ cleared, node: 3, tariff: { importPrice: 1, exportPrice: 1 }, preferredOf: () => [] });
    assert.deepEqual(explained?.lines, [{ seller: 3, buyer: POOL, energyMwh: 50, price: null, amount: 0n, why: "disputed" }]);
    assert.equal(explain({ cleared, node: 4, tariff: { importPrice: 1, exportPrice: 1 }, preferredOf: () => [] }), null);
  });
});

describe("flows of a community", () => {
  it("have every bought and every sold milliwatt-hour once", () => {
    fc.assert(
      fc.property(anySlot(), ({ rules, members }) => {
        const { cleared, tariff } = eventOf(rules, members);
        const flows = flowsOf([{ cleared, tariff }]);
        for (const { node, energyMwh } of members) {
          const bought = energyOf(flows.filter(({ buyer }) => buyer === node));
          const sold = energyOf(flows.filter(({ seller }) => seller === node));
          const lostMwh = energyOf((explain({ cleared, node, tariff, preferredOf: () => [] })?.lines ?? []).filter(({ why }) => why === "loss"));
          assert.deepEqual([bought, sold + lostMwh], energyMwh > 0 ? [energyMwh, 0] : [0, -energyMwh + 0]);
        }
      }),
    );
  });
});

describe("a slot that is cleared again", () => {
  const bookOf = (members: readonly Member[]) => {
    const find = (node: number) => members.find((member) => member.node === node);
    return {
      askAt: (node: number) => ({ since: 0, price: find(node)?.price ?? 0, limitMwh: find(node)?.limitMwh ?? 0 }),
      bidAt: (node: number) => ({ since: 0, price: find(node)?.price ?? 0, preferred: [...(find(node)?.preferred ?? [])] }),
    };
  };

  it("comes to the same with the same orders", () => {
    fc.assert(
      fc.property(anySlot(), ({ rules, members }) => {
        const { cleared, tariff } = eventOf(rules, members);
        for (const { node, energyMwh } of members) {
          const again = replay({ cleared, node, tariff, book: bookOf(members) });
          assert.deepEqual([again.energyMwh, again.amount], [energyMwh, cleared.members.find((member) => member.node === node)?.amount]);
        }
      }),
    );
  });

  it("comes to what the market makes of another order", () => {
    const rules = { slot: 5, importPrice: 300_000, exportPrice: 80_000, complete: true };
    const member = { limitMwh: 0, preferred: [] };
    const members = [
      { ...member, node: 1, energyMwh: 1000, price: 200_000 },
      { ...member, node: 2, energyMwh: -600, price: 150_000, limitMwh: 1000 },
      { ...member, node: 3, energyMwh: -400, price: 100_000, limitMwh: 1000 },
    ];
    const { cleared, tariff } = eventOf(rules, members);
    const trial = { side: "bid" as const, price: 120_000, maxSlotMwh: null, preferred: [2] };
    const again = replay({ cleared, node: 1, tariff, book: bookOf(members), trial });
    // 400 mWh of home 3 at 0.10, 600 of the pool at 0.30: 40 + 180 units.
    assert.deepEqual(outcomeOf([again]), { amount: -220n, neighboursMwh: 400, poolMwh: 600, lostMwh: 0 });
    const least = replay({ cleared, node: 2, tariff, book: bookOf(members), trial: { side: "ask", price: 90_000, maxSlotMwh: 500, preferred: [] } });
    // 500 sold at 0.09, 100 to the pool at 0.08.
    assert.deepEqual(outcomeOf([least]), { amount: 53n, neighboursMwh: 500, poolMwh: 100, lostMwh: 0 });
  });
});
