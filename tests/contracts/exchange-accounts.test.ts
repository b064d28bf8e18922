import assert from "node:assert/strict";
import { AbiCoder, MaxUint256, Signature, ZeroAddress, keccak256, toBeHex } from "ethers";
import { ROLES } from "#contracts/roles.ts";
import { BUS_LIMIT_MWH, BUS_POWER_W, useMarket, type Market } from "./market.ts";
import { TERMS, deploy, refusesToBuild, wallet } from "./village.ts";

const COINS = 1_000_000_000n;
/** Most that a slot can cost a home of the fixture: 29,167 mWh at 0.30 per kWh. */
const SLOT_COST = (BUS_LIMIT_MWH * BigInt(TERMS.importPrice) + 999_999n) / 1_000_000n;

describe("EnergyExchange: accounts", function () {
  const market = useMarket(3);

  /** Slots that are not settled for a home: the fixture's last settled one is before those that have ended or are under way. */
  const openSlots = async (m: Market, place = 0): Promise<bigint> => {
    const timestamp = (await m.village.provider.getBlock("latest"))?.timestamp ?? 0;
    return BigInt(Math.floor(timestamp / 10)) - (await m.account(place)).settledSlot;
  };

  describe("enrolment", () => {
    it("is for nodes with a meter on the bus, once; anybody may", async () => {
      const m = market();
      const { stranger, community, registry } = m.village;
      await m.refuses(stranger, "enrol", [m.home(0).node], "AlreadyEnrolled", [m.home(0).node]);
      await m.refuses(stranger, "enrol", [2], "NoBusMeter", [2]);
      await m.refuses(stranger, "enrol", [99], "NoBusMeter", [99]);
      await m.village.send(stranger, m.exchange, "enrol", [1]);
      await m.village.send(community, registry, "retireMeter", [m.home(2).meterId]);
      const dismissed = await m.village.send(stranger, m.exchange, "dismiss", [m.home(2).node]);
      assert.deepEqual(m.event(dismissed, "NodeDismissed").args.toArray(), [BigInt(m.home(2).node)]);
      await m.refuses(stranger, "enrol", [m.home(2).node], "NoBusMeter", [m.home(2).node]);
    });

    it("ends for nodes that no longer report, and their coins stay theirs", async () => {
      const m = market();
      const { stranger, community, registry } = m.village;
      const { node } = m.home(0);
      await m.refuses(stranger, "dismiss", [node], "StillReporting", [node]);
      await m.village.send(community, registry, "retireNode", [node]);
      await m.village.send(stranger, m.exchange, "dismiss", [node]);
      await m.refuses(stranger, "dismiss", [node], "NotEnrolled", [node]);
      const [nodes, total] = (await m.village.read(m.exchange, "members", 0, 10)) as [bigint[], bigint];
      assert.deepEqual([...nodes].map(Number), [m.home(2).node, m.home(1).node]);
      assert.equal(total, 2n);
      await m.act(0, "withdraw", node, COINS);
      assert.equal(await m.village.read(m.village.coin, "balanceOf", m.home(0).account.address), 2n * COINS);
    });

    it("goes on from where a node was settled when it comes back", async () => {
      const m = market();
      const { stranger, community, registry } = m.village;
      const { node, meterId } = m.home(0);
      const { settledSlot } = await m.account(0);
      await m.village.send(community, registry, "retireMeter", [meterId]);
      await m.village.send(stranger, m.exchange, "dismiss", [node]);
      await m.village.send(community, registry, "admitMeter", [node, meterId, 3, BUS_POWER_W]);
      await m.village.send(stranger, m.exchange, "enrol", [node]);
      assert.deepEqual([(await m.account(0)).settledSlot, (await m.account(0)).balance], [settledSlot, COINS]);
    });
  });

  describe("deposits", () => {
    it("add to a node's balance, whoever pays", async () => {
      const m = market();
      const { stranger, community, coin } = m.village;
      await m.village.send(community, coin, "mint", [stranger.address, 70n]);
      await m.village.send(stranger, coin, "approve", [await m.exchange.getAddress(), 70n]);
      const receipt = await m.village.send(stranger, m.exchange, "deposit", [m.home(0).node, 70n]);
      assert.deepEqual(m.event(receipt, "Deposited").args.toArray(), [BigInt(m.home(0).node), stranger.address, 70n]);
      assert.equal((await m.account(0)).balance, COINS + 70n);
      await m.assertConserved();
    });

    it("are refused without the coins, without the allowance, and for a node that was never enrolled", async () => {
      const m = market();
      const { stranger } = m.village;
      const call = m.exchange.getFunction("deposit");
      await assert.rejects(call.staticCall(m.home(0).node, 1, { from: stranger.address }), /ERC20InsufficientAllowance|revert/);
      await m.refuses(stranger, "deposit", [1, 1], "NotEnrolled", [1]);
    });

    it("take a permit in place of an allowance, and one that somebody else used first", async () => {
      const m = market();
      const { account, node } = m.home(0);
      const { coin, provider } = m.village;
      const spender = await m.exchange.getAddress();
      await m.village.send(account, coin, "approve", [spender, 0]);
      const { chainId } = await provider.getNetwork();
      const domain = { name: "DAISEE Coin", version: "1", chainId, verifyingContract: await coin.getAddress() };
      const types = { Permit: ["owner:address", "spender:address", "value:uint256", "nonce:uint256", "deadline:uint256"].map((field) => {
        const [name = "", type = ""] = field.split(":");
        return { name, type };
      }) };
      const sign = async (nonce: number): Promise<Signature> =>
        Signature.from(await account.signTypedData(domain, types, { owner: account.address, spender, value: 5n, nonce, deadline: MaxUint256 }));
      const first = await sign(0);
      await m.act(0, "depositWithPermit", node, 5n, MaxUint256, first.v, first.r, first.s);
      assert.equal((await m.account(0)).balance, COINS + 5n);
      // The permit is used up, and so is the allowance.
      await assert.rejects(m.act(0, "depositWithPermit", node, 5n, MaxUint256, first.v, first.r, first.s), /reverted/);
      const second = await sign(1);
      await m.village.send(m.village.stranger, coin, "permit", [account.address, spender, 5n, MaxUint256, second.v, second.r, second.s]);
      await m.act(0, "depositWithPermit", node, 5n, MaxUint256, second.v, second.r, second.s);
      assert.equal((await m.account(0)).balance, COINS + 10n);
    });
  });

  describe("withdrawals", () => {
    it("pay out to the node's account, and to nobody else", async () => {
      const m = market();
      const { node, account, gateway } = m.home(0);
      const receipt = await m.act(0, "withdraw", node, 30n);
      assert.deepEqual(m.event(receipt, "Withdrawn").args.toArray(), [BigInt(node), account.address, 30n]);
      assert.equal((await m.account(0)).balance, COINS - 30n);
      for (const from of [gateway, m.village.stranger, m.village.community]) {
        await m.refuses(from, "withdraw", [node, 1n], "NotOfNode", [from.address, node]);
      }
      await m.assertConserved();
    });

    it("cannot take what open slots may still cost: rated power at the dearest price", async () => {
      const m = market();
      const { node, account } = m.home(0);
      const free = COINS - (await openSlots(m)) * SLOT_COST;
      assert.equal((await m.account(0)).free, free);
      await m.refuses(account, "withdraw", [node, free + 1n], "InsufficientFunds", [free, free + 1n]);
      await m.act(0, "withdraw", node, free);
      assert.equal((await m.account(0)).free, 0n);
    });

    it("keep back more when the bid is above the tariff, and less once slots are cleared", async () => {
      const m = market();
      await m.bid(0, 600_000);
      const doubled = (BUS_LIMIT_MWH * 600_000n + 999_999n) / 1_000_000n;
      assert.equal((await m.account(0)).free, COINS - (await openSlots(m)) * doubled);
      const before = await openSlots(m);
      const slot = await m.nextSlot();
      await m.meter(slot);
      await m.clear(slot);
      assert.ok((await openSlots(m)) <= before);
      assert.equal((await m.account(0)).free, COINS - (await openSlots(m)) * doubled);
    });
  });

  describe("credit with a seller", () => {
    it("pays what the buyer draws from that seller before its balance does", async () => {
      const m = market();
      await m.ask(0, 100_000);
      await m.bid(1, 200_000);
      const [seller, buyer] = [m.home(0).node, m.home(1).node];
      const prepaid = await m.act(1, "prepay", buyer, seller, 150n);
      assert.deepEqual(m.event(prepaid, "Prepaid").args.toArray(), [BigInt(buyer), BigInt(seller), 150n]);
      assert.deepEqual(await m.credit(1, 0), [150n, 150n]);
      await m.run([0, 0, 0]);
      await m.run([-1000, 1000, 0]);
      assert.deepEqual(await m.credit(1, 0), [150n, 50n]);
      assert.equal((await m.account(1)).balance, COINS - 150n);
      await m.run([-1000, 1000, 0]);
      assert.deepEqual(await m.credit(1, 0), [150n, 0n]);
      assert.equal((await m.account(1)).balance, COINS - 200n);
      assert.equal((await m.account(0)).balance, COINS + 200n);
      await m.assertConserved();
    });

    it("pays nothing else: neither the tariff nor another seller", async () => {
      const m = market();
      await m.ask(2, 100_000);
      await m.bid(1, 200_000);
      await m.act(1, "prepay", m.home(1).node, m.home(0).node, 500n);
      await m.run([0, 0, 0]);
      await m.run([-300, 1000, -700]);
      assert.deepEqual(await m.credit(1, 0), [500n, 500n]);
      assert.equal((await m.account(1)).balance, COINS - 500n - 70n - 90n);
      await m.assertConserved();
    });

    it("can be taken back as far as it is not used, by the buyer", async () => {
      const m = market();
      const [seller, buyer] = [m.home(0).node, m.home(1).node];
      await m.act(1, "prepay", buyer, seller, 100n);
      await m.refuses(m.home(1).account, "refund", [buyer, seller, 101n], "InsufficientFunds", [100n, 101n]);
      await m.refuses(m.home(0).account, "refund", [buyer, seller, 1n], "NotOfNode", [m.home(0).account.address, buyer]);
      const refunded = await m.act(1, "refund", buyer, seller, 40n);
      assert.deepEqual(m.event(refunded, "Refunded").args.toArray(), [BigInt(buyer), BigInt(seller), 40n]);
      assert.deepEqual(await m.credit(1, 0), [60n, 60n]);
      assert.equal((await m.account(1)).balance, COINS - 60n);
      await m.assertConserved();
    });

    it("cannot be paid from what open slots may cost, by another, or to nobody", async () => {
      const m = market();
      const [seller, buyer] = [m.home(0).node, m.home(1).node];
      const { free } = await m.account(1);
      await m.refuses(m.home(1).account, "prepay", [buyer, seller, free + 1n], "InsufficientFunds", [free, free + 1n]);
      await m.refuses(m.home(0).account, "prepay", [buyer, seller, 1n], "NotOfNode", [m.home(0).account.address, buyer]);
      await m.refuses(m.home(1).account, "prepay", [buyer, 99, 1n], "NotEnrolled", [99]);
    });
  });

  describe("the pool", () => {
    it("is funded by anybody, and paid out by the treasurer as far as it owes nobody", async () => {
      const m = market();
      const { community, stranger } = m.village;
      const funded = await m.act(0, "fundPool", 500n);
      assert.deepEqual(m.event(funded, "PoolFunded").args.toArray(), [m.home(0).account.address, 500n]);
      await m.refuses(stranger, "withdrawPool", [stranger.address, 1n], "AccessControlUnauthorizedAccount", [stranger.address, ROLES.treasurer]);
      await m.refuses(community, "withdrawPool", [stranger.address, 501n], "InsufficientFunds", [500n, 501n]);
      const paid = await m.govern("withdrawPool", stranger.address, 200n);
      assert.deepEqual(m.event(paid, "PoolWithdrawn").args.toArray(), [stranger.address, 200n]);
      assert.equal(await m.pool(), 300n);
      await m.assertConserved();
    });

    it("covers what a buyer without coins owes, who pays it off with the next deposit", async () => {
      const m = market();
      const { node } = m.home(1);
      await m.act(0, "fundPool", 5000n);
      await m.act(1, "withdraw", node, (await m.account(1)).free);
      const slots = (await m.account(1)).balance;
      // Slot after slot at full power until the coins are gone.
      while ((await m.account(1)).debt === 0n) await m.run([-29_000, 29_000, 0]);
      const { balance, debt } = await m.account(1);
      assert.equal(balance, 0n);
      assert.ok(slots > 0n && debt > 0n);
      await m.assertConserved();
      const pool = await m.pool();
      await m.act(1, "deposit", node, debt + 5n);
      assert.deepEqual([(await m.account(1)).balance, (await m.account(1)).debt, await m.pool()], [5n, 0n, pool + debt]);
      await m.assertConserved();
    });

    it("shares what it has when it cannot pay all, owes the rest, and pays it when it can", async () => {
      const m = market();
      const slot = await m.nextSlot();
      // Two sellers, and a buyer's meter that does not report: the pool has to pay 300 and has 100.
      await m.act(1, "fundPool", 100n);
      await m.meter(slot, [-4000, null, -2000]);
      await m.end(slot, TERMS.graceSeconds);
      await m.clear(slot);
      const [first, third] = [await m.account(0), await m.account(2)];
      assert.deepEqual([first.balance - COINS, first.due, third.balance - COINS, third.due], [66n, 134n, 33n, 67n]);
      assert.equal(await m.pool(), 1n);
      await m.refuses(m.village.community, "withdrawPool", [m.village.stranger.address, 1n], "InsufficientFunds", [0n, 1n]);
      await m.act(1, "fundPool", 150n);
      const paid = await m.village.send(m.village.stranger, m.exchange, "payDue", [m.home(0).node]);
      assert.deepEqual(m.event(paid, "DuePaid").args.toArray(), [BigInt(m.home(0).node), 134n]);
      await m.village.send(m.village.stranger, m.exchange, "payDue", [m.home(2).node]);
      assert.deepEqual([(await m.account(2)).due, await m.pool()], [50n, 0n]);
      await m.refuses(m.village.stranger, "payDue", [m.home(2).node], "InsufficientFunds", [0n, 50n]);
      await m.assertConserved();
    });
  });

  describe("limits", () => {
    it("are told", async () => {
      const m = market();
      assert.equal(await m.village.read(m.exchange, "MAX_MEMBERS"), 1024n);
      assert.equal(await m.village.read(m.exchange, "MAX_GRACE_SECONDS"), 7n * 86_400n);
    });

    it("of members: one more than a clearing can settle is refused", async () => {
      const m = market();
      const { provider, stranger } = m.village;
      const total = async (): Promise<unknown> => ((await m.village.read(m.exchange, "members", 0, 0)) as unknown[])[1];
      // The length of the list, wherever it is stored: 1024 admissions would take a minute.
      for (let place = 0; (await total()) !== 1024n; place++) {
        assert.ok(place < 50, "the list is in one of the first slots of storage");
        const at = toBeHex(place, 32);
        const before = await provider.getStorage(m.exchange.target, at);
        if (BigInt(before) !== 3n) continue;
        await provider.send("anvil_setStorageAt", [m.exchange.target, at, toBeHex(1024, 32)]);
        if ((await total()) !== 1024n) await provider.send("anvil_setStorageAt", [m.exchange.target, at, before]);
      }
      await m.refuses(stranger, "enrol", [1], "TooManyMembers", [1024]);
    });

    it("of a balance: 2^63 millionths are refused, one less is taken", async () => {
      const m = market();
      const { node } = m.home(0);
      const { provider, coin } = m.village;
      // More coins than the fixture's cap allows: a plain balance, wherever the coin keeps it.
      const huge = 2n ** 63n;
      const { address } = m.home(0).account;
      for (let place = 0; (await m.village.read(coin, "balanceOf", address)) !== huge; place++) {
        assert.ok(place < 20, "balances are in one of the first mappings");
        const at = keccak256(AbiCoder.defaultAbiCoder().encode(["address", "uint256"], [address, place]));
        if (BigInt(await provider.getStorage(coin.target, at)) === COINS) await provider.send("anvil_setStorageAt", [coin.target, at, toBeHex(huge, 32)]);
      }
      await m.village.send(m.home(0).account, coin, "approve", [m.exchange.target, MaxUint256]);
      const most = huge - COINS;
      await m.refuses(m.home(0).account, "deposit", [node, most], "BalanceOverflow", [huge]);
      await m.act(0, "deposit", node, most - 1n);
      assert.equal((await m.account(0)).balance, huge - 1n);
    });
  });

  it("refuses to be built without a coin, and with a ledger of nobody", async () => {
    const { provider, ledger, coin } = market().village;
    await refusesToBuild(provider, "EnergyExchange", [ZeroAddress, ledger.target, Object.values(TERMS)], "InvalidParts", []);
    await assert.rejects(deploy(provider, "EnergyExchange", [coin.target, wallet("nobody").address, Object.values(TERMS)]), /reverted/);
  });
});
