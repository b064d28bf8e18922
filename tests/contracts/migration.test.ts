/** The way to new contracts, as the README tells it: the coin stays, and every coin that the old exchange holds comes out of it. */
import assert from "node:assert/strict";
import { Contract } from "ethers";
import { Market, useMarket } from "./market.ts";
import { SLOT_SECONDS, TERMS, deploy, type Village } from "./village.ts";

describe("Moving a community to new contracts", function () {
  const market = useMarket(3);

  /** The same village with a registry, a ledger and an exchange of its own, for the same coin. */
  async function anew(old: Village): Promise<Village> {
    const { provider, community, coin } = old;
    const registry = await deploy(provider, "MeterRegistry", [community.address]);
    const ledger = await deploy(provider, "EnergyLedger", [registry, SLOT_SECONDS]);
    const exchange = await deploy(provider, "EnergyExchange", [coin.target, ledger, TERMS]);
    const at = (address: string, like: Contract): Contract => new Contract(address, like.interface, provider);
    const contracts = { registry: at(registry, old.registry), ledger: at(ledger, old.ledger), exchange: at(exchange, old.exchange) };
    // The cast: a copy with its methods.
    return Object.assign(Object.create(Object.getPrototypeOf(old) as object) as Village, old, contracts);
  }

  it("ends the old exchange's slots by retiring its meters, pays everything out, and trades on in the new one", async () => {
    const m = market();
    const { community, stranger, registry } = m.village;
    await m.ask(0, 100_000);
    await m.bid(1, 200_000);
    await m.act(1, "prepay", m.home(1).node, m.home(0).node, 500n);
    await m.act(2, "fundPool", 700n);
    await m.run([0, 0, 0]);
    await m.run([-2000, 1500, 450]);

    for (const { meterId } of m.homes) await m.village.send(community, registry, "retireMeter", [meterId]);
    await m.end((await m.nextSlot()) + 5, TERMS.graceSeconds);
    await m.act(1, "refund", m.home(1).node, m.home(0).node, (await m.credit(1, 0))[1]);
    for (const [place, { node }] of m.homes.entries()) {
      const { balance, free, due } = await m.account(place);
      assert.deepEqual([free, due], [balance, 0n], "no open slot can cost anything");
      await m.act(place, "withdraw", node, balance);
      await m.village.send(stranger, m.exchange, "dismiss", [node]);
    }
    await m.govern("withdrawPool", community.address, await m.pool());
    assert.equal(await m.held(), 0n);
    await m.govern("pause");

    const next = new Market(await anew(m.village));
    const coins = 5_000_000n;
    await next.open(3, coins);
    await next.begin();
    await next.ask(0, 100_000);
    await next.bid(1, 200_000);
    await next.run([0, 0, 0]);
    assert.equal((await next.run([-1000, 1000, 0])).trades.length, 1);
    assert.deepEqual(await next.balances(), [coins + 100n, coins - 100n, coins]);
    await next.assertConserved();
  });
});
