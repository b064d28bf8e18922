/**
 * What `gateway/market/RULES.md` promises, over random slots. `MARKET_RUNS` sets how many.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { clearSlot, clearingOrders, totalsOf } from "#gateway/market/clear.ts";
import { MWH_PER_KWH, type Clearing, type Member, type Rules, type Trade } from "#gateway/market/member.ts";
import { lotOf } from "#gateway/market/order.ts";
import { anySlot } from "./slots.ts";

const numRuns = Number(process.env["MARKET_RUNS"] ?? 300);

interface Cleared extends Clearing {
  rules: Rules;
  members: Member[];
}

/** What of a member's energy came to the bus's other end, mWh. */
function arrivedMwh({ rules, members }: Cleared, { energyMwh }: Member): number {
  const { importedMwh, exportedMwh } = totalsOf(members);
  if (energyMwh >= 0) return energyMwh;
  if (!rules.complete || exportedMwh <= importedMwh) return -energyMwh;
  return Number((BigInt(-energyMwh) * BigInt(importedMwh)) / BigInt(exportedMwh));
}

const tradesOf = ({ trades }: Clearing, place: number): Trade[] => trades.filter(({ buyer, seller }) => buyer === place || seller === place);
const energyOf = (trades: Trade[]): number => trades.reduce((sum, { energyMwh }) => sum + energyMwh, 0);
/** Energy × price. */
const valueOf = (trades: Trade[]): bigint => trades.reduce((sum, { energyMwh, price }) => sum + BigInt(energyMwh) * BigInt(price), 0n);
const at = (members: Member[], place: number): Member => members[place] ?? assert.fail(`no member ${place}`);

/** What the pool buys of or sells to a member, by energy × price; negative where the member pays. */
function poolValue(cleared: Cleared, place: number): bigint {
  const { rules, members } = cleared;
  const member = at(members, place);
  const rest = BigInt(arrivedMwh(cleared, member) - energyOf(tradesOf(cleared, place)));
  return member.energyMwh > 0 ? -rest * BigInt(rules.importPrice) : rest * BigInt(rules.exportPrice);
}

function property(name: string, check: (cleared: Cleared) => void): void {
  it(name, () => {
    fc.assert(
      fc.property(anySlot(16), ({ rules, members }) => check({ rules, members, ...clearSlot(rules, members) })),
      { numRuns },
    );
  });
}

describe("clearSlot", () => {
  property("conserves energy: nobody trades more than what was metered and arrived, or than it offers", (cleared) => {
    for (const [place, member] of cleared.members.entries()) {
      const traded = energyOf(tradesOf(cleared, place));
      const most = member.energyMwh < 0 ? Math.min(arrivedMwh(cleared, member), member.limitMwh) : member.energyMwh;
      assert.ok(traded <= most, `${traded} of ${most} mWh`);
    }
    for (const { buyer, seller, energyMwh } of cleared.trades) {
      assert.ok(at(cleared.members, buyer).energyMwh > 0 && at(cleared.members, seller).energyMwh < 0 && energyMwh > 0);
    }
  });

  property("conserves money: what buyers owe sellers get, and rounding takes less than a unit from each, for the pool", (cleared) => {
    let sum = 0n;
    for (const [place, { energyMwh }] of cleared.members.entries()) {
      const trades = valueOf(tradesOf(cleared, place));
      const exact = (energyMwh > 0 ? -trades : trades) + poolValue(cleared, place);
      const rounding = exact - (cleared.amounts[place] ?? 0n) * MWH_PER_KWH;
      assert.ok(rounding >= 0n && rounding < MWH_PER_KWH, `${rounding}`);
      sum += exact - poolValue(cleared, place);
    }
    assert.equal(sum, 0n);
  });

  property("is rational for each: no price above a bid or other than the ask, and never worse than the pool for who bids and asks within its prices", (cleared) => {
    const { rules, members, trades, amounts } = cleared;
    for (const { buyer, seller, price } of trades) {
      assert.equal(price, at(members, seller).price);
      assert.ok(price <= at(members, buyer).price);
    }
    for (const [place, member] of members.entries()) {
      const buys = member.energyMwh > 0;
      if (buys ? member.price > rules.importPrice : member.price < rules.exportPrice) continue;
      const { amounts: alone } = clearSlot({ ...rules, complete: false }, [{ ...member, energyMwh: buys ? member.energyMwh : -arrivedMwh(cleared, member) }]);
      assert.ok((amounts[place] ?? 0n) >= (alone[0] ?? 0n), `${amounts[place]} beside ${alone[0]} from the pool`);
    }
  });

  property("misses no deal: nobody is left with energy for each other at prices that both take", (cleared) => {
    const open = cleared.members.map((member, place) => {
      const most = member.energyMwh < 0 ? Math.min(arrivedMwh(cleared, member), member.limitMwh) : member.energyMwh;
      return { ...member, openMwh: most - energyOf(tradesOf(cleared, place)) };
    });
    const left = open.filter(({ openMwh }) => openMwh > 0);
    const bids = left.filter(({ energyMwh }) => energyMwh > 0).map(({ price }) => price);
    const asks = left.filter(({ energyMwh }) => energyMwh < 0).map(({ price }) => price);
    if (bids.length > 0 && asks.length > 0) assert.ok(Math.max(...bids) < Math.min(...asks));
  });

  property("serves preferences first: who bought elsewhere found the preferred seller too dear, absent, or sold out", (cleared) => {
    const { members, trades } = cleared;
    for (const { buyer, seller } of trades) {
      const { preferred, price } = at(members, buyer);
      const rank = preferred.indexOf(at(members, seller).node);
      for (const node of rank < 0 ? preferred : preferred.slice(0, rank)) {
        const place = members.findIndex((member) => member.node === node && member.energyMwh < 0);
        const better = members[place];
        if (better === undefined || better.price > price) continue;
        assert.equal(energyOf(tradesOf(cleared, place)), Math.min(arrivedMwh(cleared, better), better.limitMwh), `node ${node} has energy left`);
      }
    }
  });

  property("sells the cheapest first: who sold to somebody that does not prefer it left no cheaper seller with energy", (cleared) => {
    const { members, trades } = cleared;
    for (const { buyer, seller, price } of trades) {
      if (at(members, buyer).preferred.includes(at(members, seller).node)) continue;
      for (const [place, other] of members.entries()) {
        if (other.energyMwh >= 0 || other.price >= price) continue;
        assert.equal(energyOf(tradesOf(cleared, place)), Math.min(arrivedMwh(cleared, other), other.limitMwh), `node ${other.node} is cheaper and has energy left`);
      }
    }
  });

  it("does not depend on the order in which members are listed", () => {
    const told = ({ members, trades, amounts }: Cleared): unknown => [
      trades.map(({ buyer, seller, energyMwh, price }) => [at(members, buyer).node, at(members, seller).node, energyMwh, price]),
      members.map(({ node }, place) => [node, amounts[place]] as const).sort(([a], [b]) => a - b),
    ];
    const anyTwice = anySlot(16).chain(({ rules, members }) =>
      fc.shuffledSubarray(members, { minLength: members.length, maxLength: members.length }).map((shuffled) => ({ rules, members, shuffled })),
    );
    fc.assert(
      fc.property(anyTwice, ({ rules, members, shuffled }) => {
        assert.deepEqual(told({ rules, members: shuffled, ...clearSlot(rules, shuffled) }), told({ rules, members, ...clearSlot(rules, members) }));
      }),
      { numRuns },
    );
  });

  it("changes nothing that it was given, and nothing by what others prefer who do not trade", () => {
    fc.assert(
      fc.property(anySlot(8), ({ rules, members }) => {
        const before = JSON.stringify(members);
        const { amounts } = clearSlot(rules, members);
        assert.equal(JSON.stringify(members), before);
        const idle: Member = { node: 99, energyMwh: 0, price: 1, limitMwh: 5, preferred: [1] };
        assert.deepEqual(clearSlot(rules, [...members, idle]).amounts, [...amounts, 0n]);
      }),
      { numRuns: numRuns / 3 },
    );
  });
});

describe("lots", () => {
  it("are another for each node of a slot, and dealt anew in the next", () => {
    const anyNodes = fc.uniqueArray(fc.integer({ min: 1, max: 2 ** 32 - 1 }), { minLength: 2, maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 2 }), anyNodes, (slot, nodes) => {
        assert.equal(new Set(nodes.map((node) => lotOf(slot, node))).size, nodes.length);
      }),
    );
    const firsts = Array.from({ length: 1000 }, (_, slot) => [1, 2, 3, 4].sort((a, b) => lotOf(slot, a) - lotOf(slot, b))[0] ?? 0);
    for (const node of [1, 2, 3, 4]) {
      const share = firsts.filter((first) => first === node).length;
      assert.ok(share > 150 && share < 350, `node ${node} is first in ${share} of 1000 slots`);
    }
  });
});

describe("the lists for the contract", () => {
  it("name every buyer, and every seller that has something to sell, once, in the order of the rules", () => {
    fc.assert(
      fc.property(anySlot(16), ({ rules, members }) => {
        const { asks, bids } = clearingOrders(rules, members);
        const prices = (places: number[]): number[] => places.map((place) => at(members, place).price);
        assert.deepEqual(prices(asks), prices(asks).toSorted((a, b) => a - b));
        assert.deepEqual(prices(bids), prices(bids).toSorted((a, b) => b - a));
        assert.deepEqual(bids.toSorted((a, b) => a - b), [...members.keys()].filter((place) => at(members, place).energyMwh > 0));
        assert.equal(new Set(asks).size, asks.length);
        assert.ok(asks.every((place) => at(members, place).energyMwh < 0 && at(members, place).limitMwh > 0));
      }),
      { numRuns },
    );
  });
});
