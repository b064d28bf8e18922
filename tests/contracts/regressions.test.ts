/**
 * Flaws of DAISEE 0.2's contracts (2017) that these must not have, one test each. Those of its chain: `tests/chain/relay.test.ts` (open RPC,
 * account calls), `tests/chain/node.test.ts` (plain passwords), `tests/community/validators.test.ts` (a validator that was added broke sync).
 */
import assert from "node:assert/strict";
import { Contract, MaxUint256, ZeroHash, id, type EventFragment, type FunctionFragment } from "ethers";
import { unpackCheckpoints } from "#contracts/checkpoints.ts";
import { BUS_LIMIT_MWH, useMarket } from "./market.ts";
import { COIN_CAP, SLOT_LIMIT_MWH, deploy, type Village } from "./village.ts";

describe("What DAISEE 0.2's contracts let happen", function () {
  const market = useMarket(3);
  const village = (): Village => market().village;

  it("production was self-declared and unbounded: now nobody counts more than his admitted meter's circuit carries", async () => {
    const v = village();
    await v.commit({ checkpoints: [v.checkpoint()] });
    const million = [v.checkpoint({ slot: v.slot + 1, exportMwh: 1_000_000n })];
    await v.refusesCommit({ number: 2, checkpoints: million }, "EnergyAboveRatedPower", [v.battery, v.slot + 1, 1_000_000, SLOT_LIMIT_MWH]);
  });

  it("production was declared again and again: now a slot counts once, in a batch that counts once", async () => {
    const v = village();
    const batch = { checkpoints: [v.checkpoint({ exportMwh: 5n })] };
    await v.commit(batch);
    await v.refusesCommit(batch, "NotNextBatch");
    await v.refusesCommit({ ...batch, number: 2 }, "SlotNotAfter");
  });

  it("power samples were stored as if they were energy: now they count backwards or exceed what a circuit carries", async () => {
    const v = village();
    await v.commit({ checkpoints: [v.checkpoint({ importMwh: 90_000n })] });
    // 90 W, then 60 W, sent as counters in mW.
    const sample = [v.checkpoint({ slot: v.slot + 1, importMwh: 60_000n })];
    await v.refusesCommit({ number: 2, checkpoints: sample }, "CounterBackwards");
    const rising = [v.checkpoint({ slot: v.slot + 1, importMwh: 95_000n })];
    await v.refusesCommit({ number: 2, checkpoints: rising }, "EnergyAboveRatedPower");
  });

  it("consumption underflowed an allowance: now no subtraction is made before its operands are compared", async () => {
    const v = village();
    await v.commit({ checkpoints: [v.checkpoint({ importMwh: 10n })] });
    await v.refusesCommit({ number: 2, checkpoints: [v.checkpoint({ slot: v.slot + 1, importMwh: 9n })] }, "CounterBackwards");
  });

  it("a fake token bought real credit: now the exchange knows one coin, and no call names another", async () => {
    const m = market();
    const { account, node } = m.home(0);
    const { coin, registry, provider, community } = m.village;
    const fake = new Contract(await deploy(provider, "DaiseeCoin", [registry.target, COIN_CAP]), coin.interface, provider);
    await m.village.send(community, fake, "mint", [account.address, 1000n]);
    await m.village.send(account, fake, "approve", [m.exchange.target, MaxUint256]);
    await m.village.send(account, coin, "approve", [m.exchange.target, 0n]);
    await assert.rejects(m.act(0, "deposit", node, 1000n), /reverted/);
    m.exchange.interface.forEachFunction(({ name, inputs, constant }: FunctionFragment) => {
      if (!constant && name !== "withdrawPool") assert.ok(inputs.every(({ type }) => type !== "address"), name);
    });
  });

  it("credit was sold that no production stood behind: now a seller sells what its meter counted, and no more than that", async () => {
    const m = market();
    await m.ask(0, 100_000, 10n ** 12n);
    await m.bid(1, 400_000, [0]);
    await m.run([0, 0, 0]);
    const { trades } = await m.run([-700, 1500, -800]);
    assert.deepEqual(trades, [{ buyer: 1, seller: 0, energyMwh: 700, price: 100_000 }]);
    assert.deepEqual((await m.run([0, 500, -500])).trades, []);
  });

  it("a public sendCoin drained whoever had approved it: now only the sender's own coins are taken, by his own call", async () => {
    const m = market();
    const { account } = m.home(0);
    const { coin, stranger } = m.village;
    await m.village.send(account, coin, "approve", [m.exchange.target, MaxUint256]);
    const before = await m.village.read(coin, "balanceOf", account.address);
    for (const [name, values] of Object.entries({ deposit: [m.home(1).node, 1n], fundPool: [1n], depositWithPermit: [m.home(1).node, 1n, MaxUint256, 27, ZeroHash, ZeroHash] })) {
      await assert.rejects(m.village.send(stranger, m.exchange, name, values), /reverted/);
    }
    await m.refuses(stranger, "withdraw", [m.home(0).node, 1n], "NotOfNode");
    assert.equal(await m.village.read(coin, "balanceOf", account.address), before);
  });

  it("an approval could be raced and made no event: now there is one, and a permit for a deposit leaves nothing behind to be raced for", async () => {
    const m = market();
    const { account, node } = m.home(0);
    const { coin } = m.village;
    const receipt = await m.village.send(account, coin, "approve", [m.exchange.target, 40n]);
    const approval = receipt.logs.map((log) => coin.interface.parseLog(log)).find((event) => event?.name === "Approval");
    assert.deepEqual(approval?.args.toArray(), [account.address, m.exchange.target, 40n]);
    await m.act(0, "deposit", node, 40n);
    assert.equal(await m.village.read(coin, "allowance", account.address, m.exchange.target), 0n);
  });

  it("coins were minted without end, by their owner: now by a role, up to a cap", async () => {
    const { coin, community, stranger } = village();
    await village().refuses(stranger, coin, "mint", [stranger.address, 1n], "AccessControlUnauthorizedAccount");
    const supply = BigInt(String(await village().read(coin, "totalSupply")));
    await village().refuses(community, coin, "mint", [community.address, COIN_CAP - supply + 1n], "ERC20ExceededCap", [COIN_CAP + 1n, COIN_CAP]);
  });

  it("prices overflowed: now the dearest price times the most energy is what it is", async () => {
    const m = market();
    const dearest = 2 ** 32 - 1;
    await m.ask(0, dearest, BUS_LIMIT_MWH);
    await m.bid(1, dearest);
    await m.run([0, 0, 0]);
    const { members } = await m.run([-Number(BUS_LIMIT_MWH), Number(BUS_LIMIT_MWH), 0]);
    const value = BUS_LIMIT_MWH * BigInt(dearest);
    assert.deepEqual(members.slice(0, 2).map(({ amount }) => amount), [value / 1_000_000n, -(value / 1_000_000n) - 1n]);
    await m.assertConserved();
  });

  it("there could be two peers: now any number of homes trades in one slot", async () => {
    const m = market();
    await m.bid(1, 200_000);
    await m.bid(2, 150_000);
    await m.ask(0, 100_000);
    await m.run([0, 0, 0]);
    assert.deepEqual((await m.run([-1000, 600, 400])).trades.map(({ buyer, energyMwh }) => [buyer, energyMwh]), [[1, 600], [2, 400]]);
  });

  it("anybody could take part: now a key that the community did not admit can neither report nor admit", async () => {
    const v = village();
    await v.refusesCommit({}, "UnknownGateway", [v.stranger.address], v.stranger);
    await v.refuses(v.stranger, v.registry, "admitNode", [v.stranger.address, v.stranger.address], "AccessControlUnauthorizedAccount");
  });

  it("anybody could report for anybody: now a gateway reports its own meters only", async () => {
    const v = village();
    await v.refusesCommit({ checkpoints: [v.checkpoint({ meterId: v.foreign })] }, "ForeignMeter", [v.foreign, 1]);
  });

  it("nothing could be stopped: now the guardian pauses commits and admissions, and members and meters can be retired", async () => {
    const v = village();
    await v.send(v.community, v.ledger, "pause", []);
    await v.send(v.community, v.registry, "pause", []);
    await v.refusesCommit({}, "EnforcedPause");
    await v.refuses(v.community, v.registry, "retireNode", [1], "EnforcedPause");
  });

  it("events were not indexed: now a node's batches, and with them its meters' checkpoints, are found without reading all others", async () => {
    const v = village();
    await v.commit({ checkpoints: [v.checkpoint(), v.checkpoint({ meterId: v.bus })] });
    await v.commit({ checkpoints: [v.checkpoint({ meterId: v.foreign })] }, v.otherGateway);
    const batches = await v.ledger.queryFilter(v.ledger.getEvent("BatchCommitted")(1));
    const checkpoints = batches.flatMap((log) => unpackCheckpoints(String(v.ledger.interface.parseLog(log)?.args["checkpoints"])));
    assert.deepEqual(checkpoints.map(({ meterId }) => meterId), [v.battery, v.bus]);
    for (const contract of [v.ledger, v.registry, v.exchange, v.coin]) {
      contract.interface.forEachEvent((event: EventFragment) => {
        // OpenZeppelin's pause events have nothing to look for.
        if (["Paused", "Unpaused", "EIP712DomainChanged"].includes(event.name)) return;
        assert.ok(event.inputs.some((input) => input.indexed === true), event.name);
      });
    }
  });

  it("logging every sample was dear: now a hundred readings cost less gas than three did", async () => {
    const v = village();
    await v.commit({});
    const { gasUsed } = await v.commit({ number: 2, root: id("hundred"), readingCount: 100 });
    // 0.2 spent 28,168 gas on each sample.
    assert.ok(gasUsed < 3n * 28_168n, `${gasUsed} gas`);
    assert.notEqual(await v.read(v.ledger, "batchRoot", 1, 2), ZeroHash);
  });
});
