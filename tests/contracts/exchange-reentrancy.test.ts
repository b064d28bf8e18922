/** A coin that calls the exchange back in the middle of its transfers: what no coin of ours does, and what must do no harm all the same. */
import assert from "node:assert/strict";
import { Contract, Interface, isError, type InterfaceAbi } from "ethers";
import { transact } from "#chain/transact.ts";
import { energyExchangeAbi } from "#contracts/dist/abi.ts";
import { meterIdOf } from "#contracts/meter-id.ts";
import { BUS_POWER_W } from "./market.ts";
import { TERMS, deploy, useVillage, wallet, type Village } from "./village.ts";
import { readHarness } from "./harness/harness.ts";

const errors = new Interface([...energyExchangeAbi] as InterfaceAbi);

interface Attack {
  v: Village;
  coin: Contract;
  exchange: Contract;
  /** A home whose account is the coin itself, so that its calls back are allowed to trade for it. */
  node: number;
}

describe("EnergyExchange under a coin that calls back", function () {
  const village = useVillage();

  async function prepare(): Promise<Attack> {
    const v = village();
    const { bytecode, abi } = readHarness("CallingCoin");
    const { contractAddress } = await transact({ provider: v.provider, signer: wallet("deployer"), data: bytecode, gasLimit: 8_000_000 });
    const coin = new Contract(contractAddress ?? assert.fail(), abi, v.provider);
    const exchange = new Contract(await deploy(v.provider, "EnergyExchange", [coin.target, v.ledger.target, Object.values(TERMS)]), errors, v.provider);
    await v.send(v.community, v.registry, "admitNode", [coin.target, wallet("the coin's gateway").address]);
    const node = Number(await v.read(v.registry, "nodeCount"));
    await v.send(v.community, v.registry, "admitMeter", [node, meterIdOf("aabbccddee09", 0), 3, BUS_POWER_W]);
    await v.send(v.stranger, exchange, "enrol", [node]);
    // The coin has some of itself, and so has somebody who pays in and the treasurer.
    for (const holder of [coin.target, v.stranger.address, v.community.address]) await v.send(v.community, coin, "mint", [holder, 10n ** 12n]);
    for (const from of [v.stranger, v.community]) await v.send(from, coin, "approve", [exchange.target, 10n ** 12n]);
    await v.send(v.stranger, exchange, "deposit", [node, 5n * 10n ** 11n]);
    await v.send(v.stranger, exchange, "fundPool", [1000n]);
    return { v, coin, exchange, node };
  }

  /** Calls that move coins, by who makes them. */
  const outer: Record<string, (attack: Attack) => Promise<unknown>> = {
    deposit: ({ v, exchange, node }) => v.send(v.stranger, exchange, "deposit", [node, 100n]),
    fundPool: ({ v, exchange }) => v.send(v.stranger, exchange, "fundPool", [100n]),
    withdrawPool: ({ v, exchange }) => v.send(v.community, exchange, "withdrawPool", [v.stranger.address, 100n]),
  };
  const inner: Record<string, (attack: Attack) => unknown[]> = {
    deposit: ({ node }) => [node, 7n],
    depositWithPermit: ({ node }) => [node, 7n, 0, 27, `0x${"11".repeat(32)}`, `0x${"11".repeat(32)}`],
    withdraw: ({ node }) => [node, 7n],
    fundPool: () => [7n],
  };

  for (const [name, call] of Object.entries(outer)) {
    it(`refuses every call back that would move coins during ${name}, which itself ends well`, async () => {
      const attack = await prepare();
      const { v, coin, exchange } = attack;
      for (const [again, values] of Object.entries(inner)) {
        await v.send(v.community, coin, "callInTransfers", [exchange.target, exchange.interface.encodeFunctionData(again, values(attack))]);
        await call(attack);
        assert.equal(await v.read(coin, "succeeded"), false, again);
        assert.equal(errors.parseError(String(await v.read(coin, "answer")))?.name, "ReentrancyGuardReentrantCall", again);
      }
    });
  }

  it("keeps its account when a call back moves what moves no coins: whatever it takes was there", async () => {
    const attack = await prepare();
    const { v, coin, exchange, node } = attack;
    const owned = async (): Promise<bigint> => {
      // The casts: the structs as the ABI names them.
      const { balance } = (await v.read(exchange, "accountOf", node)) as { balance: bigint };
      const { remaining } = (await v.read(exchange, "creditOf", node, node)) as { remaining: bigint };
      const [pool = 0n] = (await v.read(exchange, "pool")) as bigint[];
      return balance + remaining + pool;
    };
    // In the middle of a deposit its account has the coins that are on their way: it may set them aside, and no more.
    const { free } = (await v.read(exchange, "accountOf", node)) as { free: bigint };
    for (const [amount, succeeds] of [[free + 100n, true], [1n, false]] as const) {
      await v.send(v.community, coin, "callInTransfers", [exchange.target, exchange.interface.encodeFunctionData("prepay", [node, node, amount])]);
      await v.send(v.stranger, exchange, "deposit", [node, succeeds ? 100n : 0n]);
      assert.equal(await v.read(coin, "succeeded"), succeeds);
      assert.equal(await v.read(coin, "balanceOf", exchange.target), await owned());
    }
  });

  it("takes nothing for granted that a coin says: a transfer that fails undoes the deposit", async () => {
    const { v, coin, exchange, node } = await prepare();
    const before = await v.read(exchange, "accountOf", node);
    for (const [from, amount, error] of [[v.gateway, 1n, "ERC20InsufficientAllowance"], [v.community, 2n * 10n ** 12n, "ERC20InsufficientAllowance"]] as const) {
      const deposit = exchange.getFunction("deposit").staticCall(node, amount, { from: from.address });
      // The coin's own refusal comes through.
      await assert.rejects(deposit, (thrown: unknown) => isError(thrown, "CALL_EXCEPTION") && coin.interface.parseError(thrown.data ?? "0x")?.name === error);
      await assert.rejects(v.send(from, exchange, "deposit", [node, amount]), /reverted/);
    }
    assert.deepEqual(await v.read(exchange, "accountOf", node), before);
  });
});
