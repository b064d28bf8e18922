import assert from "node:assert/strict";
import { AbiCoder } from "ethers";
import { ROLES } from "#contracts/roles.ts";
import { packPlaces, unpackTable } from "#contracts/settlement.ts";
import { clearingOrders } from "#gateway/market/clear.ts";
import { useMarket, type Market } from "./market.ts";

const COINS = 1_000_000_000n;
const TERMS_TYPE = "tuple(uint32,uint32,uint32,uint16,uint32,uint32)";

describe("EnergyExchange: slots whose two ends disagree", function () {
  const market = useMarket(3);

  /** Home 0 claims to have given more than home 1 drew, by more than 10 % and 20 mWh. */
  async function dispute(m: Market): Promise<{ slot: number; disputed: string }> {
    await m.ask(0, 100_000);
    await m.bid(1, 200_000);
    await m.run([0, 0, 0]);
    const slot = await m.nextSlot();
    await m.meter(slot, [-2000, 1000, 0]);
    const receipt = await m.village.send(m.village.stranger, m.exchange, "clear", await m.lists(slot));
    const { args } = m.event(receipt, "SlotDisputed");
    assert.deepEqual(args.toArray().slice(0, 4), [BigInt(slot), 1000n, 2000n, 220n]);
    return { slot, disputed: String(args["disputed"]) };
  }

  /** The lists for a ruling. */
  function listsFor(slot: number, disputed: string, ruled: number[]): [string, string] {
    const [table] = AbiCoder.defaultAbiCoder().decode(["uint256[]", TERMS_TYPE], disputed);
    const members = unpackTable([...(table as bigint[])]).map((member, i) => ({ ...member, energyMwh: ruled[i] ?? 0 }));
    const { asks, bids } = clearingOrders({ slot, importPrice: 0, exportPrice: 0, complete: true }, members);
    return [packPlaces(asks), packPlaces(bids)];
  }

  it("moves nothing for such a slot, and goes on with the next", async () => {
    const m = market();
    await dispute(m);
    assert.deepEqual(await m.balances(), [COINS, COINS, COINS]);
    assert.equal(await m.village.read(m.exchange, "openDisputes"), 1n);
    assert.equal((await m.run([-500, 500, 0])).trades.length, 1);
    await m.assertConserved();
  });

  it("tolerates a difference to the milliwatt-hour", async () => {
    const m = market();
    // 10 % of 1000 and 20: 120.
    for (const [given, agrees] of [[-1000, true], [-1001, true]] as const) {
      const slot = await m.nextSlot();
      await m.meter(slot, [given, 880, 0]);
      const receipt = await m.village.send(m.village.stranger, m.exchange, "clear", await m.lists(slot));
      const cleared = receipt.logs.some((log) => m.exchange.interface.parseLog(log)?.name === "SlotCleared");
      assert.equal(cleared, given === -1000 ? agrees : false);
    }
  });

  it("is ended by the arbiter, who may reduce what was metered: then it clears like any other", async () => {
    const m = market();
    const { slot, disputed } = await dispute(m);
    const ruled = [-1050, 1000, 0];
    const receipt = await m.govern("resolve", slot, disputed, ruled, ...listsFor(slot, disputed, ruled));
    const { members, trades } = m.cleared(receipt);
    assert.deepEqual(members.map(({ energyMwh, amount }) => [energyMwh, amount]), [[-1050, 100n], [1000, -100n], [0, 0n]]);
    assert.deepEqual(trades, [{ buyer: 1, seller: 0, energyMwh: 1000, price: 100_000 }]);
    assert.deepEqual(await m.balances(), [COINS + 100n, COINS - 100n, COINS]);
    assert.equal(await m.village.read(m.exchange, "openDisputes"), 0n);
    await m.refuses(m.village.community, "resolve", [slot, disputed, ruled, ...listsFor(slot, disputed, ruled)], "NoSuchDispute", [slot]);
    await m.assertConserved();
  });

  it("can be ended with nothing for anybody, or as it was metered", async () => {
    const m = market();
    const { slot, disputed } = await dispute(m);
    const snapshot: unknown = await m.village.provider.send("evm_snapshot", []);
    await m.govern("resolve", slot, disputed, [0, 0, 0], "0x", "0x");
    assert.deepEqual(await m.balances(), [COINS, COINS, COINS]);
    await m.village.provider.send("evm_revert", [snapshot]);
    await m.govern("resolve", slot, disputed, [-2000, 1000, 0], ...listsFor(slot, disputed, [-2000, 1000, 0]));
    assert.deepEqual(await m.balances(), [COINS + 100n, COINS - 100n, COINS]);
  });

  it("is nobody else's to end, and not with more, with another sign, or about something else", async () => {
    const m = market();
    const { slot, disputed } = await dispute(m);
    const { community, stranger } = m.village;
    const resolve = (ruled: number[], data = disputed): unknown[] => [slot, data, ruled, "0x", "0x"];
    await m.refuses(stranger, "resolve", resolve([0, 0, 0]), "AccessControlUnauthorizedAccount", [stranger.address, ROLES.arbiter]);
    await m.refuses(community, "resolve", resolve([-2001, 0, 0]), "InvalidRuling", [m.home(0).node, -2000, -2001]);
    await m.refuses(community, "resolve", resolve([1, 0, 0]), "InvalidRuling", [m.home(0).node, -2000, 1]);
    await m.refuses(community, "resolve", resolve([0, -1, 0]), "InvalidRuling", [m.home(1).node, 1000, -1]);
    await m.refuses(community, "resolve", resolve([0, 0, 1]), "InvalidRuling", [m.home(2).node, 0, 1]);
    await m.refuses(community, "resolve", resolve([0, 0, 0], `${disputed.slice(0, -1)}1`), "NoSuchDispute", [slot]);
    await m.refuses(community, "resolve", [slot + 1, disputed, [0, 0, 0], "0x", "0x"], "NoSuchDispute", [slot + 1]);
    await m.refuses(community, "resolve", resolve([0, 0]), "InvalidRulings", [2, 3]);
  });

  it("keeps back what it may still cost", async () => {
    const m = market();
    await m.ask(0, 100_000);
    const slot = await m.nextSlot();
    await m.meter(slot, [-2000, 1000, 0]);
    const before = await m.account(1);
    await m.village.send(m.village.stranger, m.exchange, "clear", await m.lists(slot));
    // One open slot less, one dispute more.
    assert.equal((await m.account(1)).free, before.free);
    assert.equal((await m.account(1)).settledSlot, before.settledSlot + 1n);
  });
});
