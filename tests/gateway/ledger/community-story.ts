/**
 * A community's life on the fixture's market, with everything in it that the exchange settles.
 * @module
 */
import { AbiCoder, keccak256 } from "ethers";
import { meterIdOf } from "#contracts/meter-id.ts";
import { packPlaces, unpackTable } from "#contracts/settlement.ts";
import { clearingOrders } from "#gateway/market/clear.ts";
import type { DeployedCommunity } from "#gateway/ledger/verify-community/state.ts";
import { BUS_POWER_W, type Market } from "#tests/contracts/market.ts";
import { CHAIN_ID, TERMS } from "#tests/contracts/village.ts";

/** The record that a deployment of the fixture's contracts would have left. */
export async function communityOf({ village }: Market): Promise<DeployedCommunity> {
  const { provider, registry, ledger, exchange, coin } = village;
  const recorded = async (contract: typeof registry): Promise<{ address: string; codeHash: string }> => {
    const address = await contract.getAddress();
    return { address, codeHash: keccak256(await provider.getCode(address)) };
  };
  return {
    chainId: CHAIN_ID,
    genesisHash: (await provider.getBlock(0))?.hash ?? "",
    contracts: { meterRegistry: await recorded(registry), energyLedger: await recorded(ledger), energyExchange: await recorded(exchange), daiseeCoin: await recorded(coin) },
  };
}

/** Meters a slot and has it disputed. @returns the slot and what `resolve` takes of it */
async function dispute(m: Market, energies: number[]): Promise<{ slot: number; disputed: string }> {
  const slot = await m.nextSlot();
  await m.meter(slot, energies);
  const receipt = await m.village.send(m.village.stranger, m.exchange, "clear", await m.lists(slot));
  return { slot, disputed: String(m.event(receipt, "SlotDisputed").args["disputed"]) };
}

async function resolve(m: Market, { slot, disputed }: { slot: number; disputed: string }, ruled: number[]): Promise<void> {
  const [table] = AbiCoder.defaultAbiCoder().decode(["uint256[]"], disputed);
  // The cast: as the contract encodes it.
  const members = unpackTable([...(table as bigint[])]).map((member, i) => ({ ...member, energyMwh: ruled[i] ?? 0 }));
  const { asks, bids } = clearingOrders({ slot, importPrice: 0, exportPrice: 0, complete: true }, members);
  await m.govern("resolve", slot, disputed, ruled, packPlaces(asks), packPlaces(bids));
}

/** Trades of four homes, and all that can happen to them. */
export async function playStory(m: Market): Promise<void> {
  const { village } = m;
  await m.ask(0, 100_003, 1500);
  await m.ask(2, 90_000);
  await m.bid(1, 200_000, [2, 0]);
  await m.bid(3, 190_001);
  await m.act(1, "prepay", m.home(1).node, m.home(2).node, 120n);
  await m.run([0, 0, 0, 0]);
  await m.run([-2001, 1500, -1700, 2000]);
  await m.run([-999, 500, 0, 450]);
  await m.act(1, "refund", m.home(1).node, m.home(2).node, (await m.credit(1, 2))[1]);

  // Two disputes; one is ended two slots later, after its members changed their orders.
  const first = await dispute(m, [-3000, 1000, 0, 500]);
  await dispute(m, [0, 4000, 0, 0]);
  await m.ask(0, 150_000);
  await m.govern("setTerms", [0, 310_000, 40_000, 50, 30, 7]);
  await m.run([-500, 500, 0, 0]);
  await resolve(m, first, [-1600, 1000, 0, 500]);
  await m.run([-500, 480, -300, 310]);

  // A meter that is late for three slots and then settled; the pool cannot pay for what nobody drew.
  const late = m.home(3);
  for (let i = 0; i < 3; i++) {
    const slot = await m.nextSlot();
    await m.meter(slot, [-20_000, 100, -10_001, null]);
    await m.end(slot, Math.max(TERMS.graceSeconds, 7));
    await m.clear(slot);
  }
  late.importMwh += 7000n;
  late.exportMwh += 300n;
  const before = (await m.nextSlot()) - 1;
  await m.report(late, before);
  await village.send(village.stranger, m.exchange, "settleLate", [late.node, before]);
  await m.act(2, "fundPool", 500n);
  await village.send(village.stranger, m.exchange, "payDue", [m.home(0).node]);

  // A new meter at home 1, home 0 away and back, home 2 spends all that is free.
  const other = meterIdOf("aabbccffee02", 0);
  await village.send(village.community, village.registry, "replaceMeter", [m.home(1).meterId, other, BUS_POWER_W]);
  Object.assign(m.home(1), { meterId: other, importMwh: 12_345n, exportMwh: 6n });
  await village.send(village.community, village.registry, "retireMeter", [m.home(0).meterId]);
  await village.send(village.stranger, m.exchange, "dismiss", [m.home(0).node]);
  await m.run([null, 0, -100, 100]);
  await m.run([null, 900, -900, 10]);
  await village.send(village.community, village.registry, "admitMeter", [m.home(0).node, m.home(0).meterId, 3, BUS_POWER_W]);
  await village.send(village.stranger, m.exchange, "enrol", [m.home(0).node]);
  await m.run([0, 10, 0, 0]);
  await m.run([-700, 350, 0, 340]);
  await m.act(2, "withdraw", m.home(2).node, (await m.account(2)).free);
  await m.govern("withdrawPool", village.stranger.address, 0n);
}
