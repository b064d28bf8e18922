/**
 * Homes that trade on the fixture's exchange: admitted, enrolled, with coins; metered and cleared slot by slot.
 * @module
 */
import assert from "node:assert/strict";
import { ZeroHash, type Contract, type Result, type TransactionReceipt, type Wallet } from "ethers";
import { packCheckpoints } from "#contracts/checkpoints.ts";
import { meterIdOf } from "#contracts/meter-id.ts";
import {
  packPlaces,
  packPreferred,
  unpackMembers,
  unpackTable,
  unpackTrades,
  type BookMember,
  type SettledMember,
  type SettledTrade,
} from "#contracts/settlement.ts";
import { clearingOrders } from "#gateway/market/clear.ts";
import { createRpc } from "#chain/rpc.ts";
import { SLOT_SECONDS, refuses, useVillage, wallet, type Village } from "./village.ts";

/** Of every meter on the bus: what it may count in a slot of 10 s is 29,167 mWh. */
export const BUS_POWER_W = 10_000;
export const BUS_LIMIT_MWH = 29_167n;
/** What any single order needs, and how many fit into a block with it. */
const ORDER_GAS = "0x7a120";
const ORDERS_PER_BLOCK = 50;

export interface TradingHome {
  node: number;
  account: Wallet;
  gateway: Wallet;
  meterId: string;
  batches: number;
  importMwh: bigint;
  exportMwh: bigint;
}

/** A call that somebody sends without his key, which is quicker. */
export interface Order {
  from: string;
  to: Contract;
  name: string;
  values: unknown[];
}

export interface Cleared {
  receipt: TransactionReceipt;
  slot: number;
  members: SettledMember[];
  trades: SettledTrade[];
}

/** What of a slot's book tests look at. */
export interface Book {
  members: BookMember[];
  complete: boolean;
  unknownMwh: bigint;
  missing: bigint;
}

export class Market {
  homes: TradingHome[] = [];
  readonly village: Village;
  private readonly rpc: ReturnType<typeof createRpc>;
  private readonly impersonated = new Set<string>();

  constructor(village: Village) {
    this.village = village;
    this.rpc = createRpc(village.anvil.rpcUrl);
  }

  get exchange(): Contract {
    return this.village.exchange;
  }

  /** Lets the chain's time stand but for {@link end}: how long a test takes then changes nothing. */
  async stopTime(): Promise<void> {
    await this.rpc("anvil_setBlockTimestampInterval", [0]);
  }

  /** Admits and enrols homes, and gives each coins on its account. Their order is that of the exchange's members. */
  async open(count: number, coins = 1_000_000_000n): Promise<void> {
    const { village } = this;
    const first = Number(await village.read(village.registry, "nodeCount")) + 1;
    for (let i = 0; i < count; i++) {
      const node = first + i;
      const meterId = meterIdOf((0xaabbcc000000 + node).toString(16), 1);
      this.homes.push({ node, account: wallet(`member ${node}`), gateway: wallet(`gateway of ${node}`), meterId, batches: 0, importMwh: 0n, exportMwh: 0n });
    }
    const [community, exchange] = [village.community.address, await this.exchange.getAddress()];
    const orders: Order[] = this.homes.slice(-count).flatMap(({ node, account, gateway, meterId }): Order[] => [
      { from: community, to: village.registry, name: "admitNode", values: [account.address, gateway.address] },
      { from: community, to: village.registry, name: "admitMeter", values: [node, meterId, 3, BUS_POWER_W] },
      { from: community, to: village.coin, name: "mint", values: [account.address, 2n * coins] },
      { from: account.address, to: village.coin, name: "approve", values: [exchange, 2n * coins] },
      { from: community, to: this.exchange, name: "enrol", values: [node] },
      ...(coins > 0n ? [{ from: account.address, to: this.exchange, name: "deposit", values: [node, coins] }] : []),
    ]);
    await this.orderAll(orders);
  }

  /** Sends for anybody without his key, many in one block, in the given order. */
  async orderAll(orders: Order[]): Promise<void> {
    for (let at = 0; at < orders.length; at += ORDERS_PER_BLOCK) await this.orderInBlock(orders.slice(at, at + ORDERS_PER_BLOCK));
  }

  private async orderInBlock(orders: Order[]): Promise<void> {
    await this.rpc("evm_setAutomine", [false]);
    const hashes: unknown[] = [];
    for (const { from, to, name, values } of orders) {
      if (!this.impersonated.has(from)) await this.rpc("anvil_impersonateAccount", [from]);
      this.impersonated.add(from);
      const data = to.interface.encodeFunctionData(name, values);
      hashes.push(await this.rpc("eth_sendTransaction", [{ from, to: to.target, data, gas: ORDER_GAS, gasPrice: "0x0" }]));
    }
    await this.rpc("evm_mine");
    await this.rpc("evm_setAutomine", [true]);
    for (const [i, hash] of hashes.entries()) {
      const receipt = await this.receipt(hash);
      assert.equal(receipt.status, "0x1", `${orders[i]?.name}(${orders[i]?.values.join(", ")}) was reverted`);
    }
  }

  /** Sends for anybody without his key, which is quicker. */
  private async send({ from, to, name, values }: Order): Promise<void> {
    if (!this.impersonated.has(from)) await this.rpc("anvil_impersonateAccount", [from]);
    this.impersonated.add(from);
    const data = to.interface.encodeFunctionData(name, values);
    const receipt = await this.receipt(await this.rpc("eth_sendTransaction", [{ from, to: to.target, data, gas: "0x1c9c380", gasPrice: "0x0" }]));
    assert.equal(receipt.status, "0x1", `${name}(${values.join(", ")}) was reverted`);
  }

  /** Mined at once, but told of perhaps a moment later. */
  private async receipt(hash: unknown): Promise<{ status: string }> {
    for (;;) {
      // The cast: the fields of a receipt.
      const receipt = (await this.rpc("eth_getTransactionReceipt", [hash])) as { status: string } | null;
      if (receipt !== null) return receipt;
    }
  }

  home(place: number): TradingHome {
    return this.homes[place] ?? assert.fail(`there is no home ${place}`);
  }

  async ask(place: number, price: number, limitMwh: number | bigint = 1_000_000): Promise<void> {
    await this.send(this.askOf(place, price, limitMwh));
  }

  askOf(place: number, price: number, limitMwh: number | bigint = 1_000_000): Order {
    const { node, account } = this.home(place);
    return { from: account.address, to: this.exchange, name: "setAsk", values: [node, price, limitMwh] };
  }

  /** @param preferred places of sellers */
  async bid(place: number, price: number, preferred: number[] = []): Promise<void> {
    await this.send(this.bidOf(place, price, preferred));
  }

  bidOf(place: number, price: number, preferred: number[] = []): Order {
    const { node, account } = this.home(place);
    const nodes = packPreferred(preferred.map((seller) => this.home(seller).node));
    return { from: account.address, to: this.exchange, name: "setBid", values: [node, price, nodes] };
  }

  async nextSlot(): Promise<number> {
    return Number(await this.village.read(this.exchange, "nextSlot"));
  }

  /** Lets a slot end, unless the chain's time is past that. */
  async end(slot: number, afterSeconds = 0): Promise<void> {
    const head = await this.village.provider.getBlock("latest");
    const endsAt = (slot + 1) * SLOT_SECONDS + afterSeconds;
    if ((head?.timestamp ?? 0) < endsAt) await this.village.mineAt(endsAt);
  }

  /** Commits a slot: what each home drew (positive) or gave; null for one that does not report. Homes that are not named report nothing new. */
  async meter(slot: number, energies: (number | null)[] = []): Promise<void> {
    await this.end(slot);
    const reports: Order[] = [];
    for (const [place, home] of this.homes.entries()) {
      const energy = energies[place] === undefined ? 0 : energies[place];
      if (energy === null) continue;
      if (energy > 0) home.importMwh += BigInt(energy);
      else home.exportMwh += BigInt(-energy);
      reports.push(this.reportOf(home, slot));
    }
    await this.orderAll(reports);
  }

  /** Commits a home's counters as they are at the end of a slot. */
  async report(home: TradingHome, slot: number): Promise<void> {
    await this.orderAll([this.reportOf(home, slot)]);
  }

  private reportOf(home: TradingHome, slot: number): Order {
    home.batches += 1;
    const { meterId, importMwh, exportMwh } = home;
    const checkpoints = packCheckpoints([{ meterId, slot, importMwh, exportMwh }]);
    return { from: home.gateway.address, to: this.village.ledger, name: "commit", values: [home.batches, ZeroHash, 0, 1, 2, checkpoints] };
  }

  async book(slot: number): Promise<Book> {
    // The cast: the struct as the ABI names it.
    const book = (await this.village.read(this.exchange, "slotBook", slot)) as Result & { table: bigint[] };
    return { members: unpackTable([...book.table]), complete: Boolean(book["complete"]), unknownMwh: BigInt(book["unknownMwh"]), missing: BigInt(book["missing"]) };
  }

  /** Arguments of `clear` for a slot. */
  async lists(slot: number): Promise<[slot: number, asks: string, bids: string]> {
    const { members, complete } = await this.book(slot);
    const { asks, bids } = clearingOrders({ slot, importPrice: 0, exportPrice: 0, complete }, members);
    return [slot, packPlaces(asks), packPlaces(bids)];
  }

  /** Clears a slot as anybody. */
  async clear(slot: number, from = this.village.stranger): Promise<Cleared> {
    return this.cleared(await this.village.send(from, this.exchange, "clear", await this.lists(slot)));
  }

  /** Sends as a home's account. */
  async act(place: number, name: string, ...values: unknown[]): Promise<TransactionReceipt> {
    return this.village.send(this.home(place).account, this.exchange, name, values);
  }

  /** Sends as the community, which holds every role. */
  async govern(name: string, ...values: unknown[]): Promise<TransactionReceipt> {
    return this.village.send(this.village.community, this.exchange, name, values);
  }

  /** Makes sure that the exchange refuses a call of somebody's with exactly this error. */
  async refuses(from: Wallet, name: string, values: unknown[], error: string, args?: unknown[]): Promise<void> {
    await this.village.refuses(from, this.exchange, name, values, error, args);
  }

  /** What a receipt tells of a cleared slot. */
  cleared(receipt: TransactionReceipt): Cleared {
    const { args } = this.event(receipt, "SlotCleared");
    return {
      receipt,
      slot: Number(args["slot"]),
      members: unpackMembers(String(args["members"])),
      trades: unpackTrades(String(args["trades"])),
    };
  }

  /** The only event of a name in a receipt. */
  event(receipt: TransactionReceipt, name: string): { args: Result } {
    const events = receipt.logs.map((log) => this.exchange.interface.parseLog(log)).filter((event) => event?.name === name);
    assert.equal(events.length, 1, `one ${name}`);
    return events[0] ?? assert.fail();
  }

  /** Meters a slot as a baseline and clears it, so that the next one counts. @returns the next slot */
  async begin(): Promise<number> {
    const slot = await this.nextSlot();
    await this.meter(slot);
    await this.clear(slot);
    return slot + 1;
  }

  /** Meters and clears the next slot. */
  async run(energies: (number | null)[]): Promise<Cleared> {
    const slot = await this.nextSlot();
    await this.meter(slot, energies);
    return this.clear(slot);
  }

  async refusesClear(slot: number, error: string, args?: unknown[]): Promise<void> {
    await refuses(this.exchange.getFunction("clear").staticCall(...(await this.lists(slot))), error, args);
  }

  /** A home's account: balance, free, debt, due. */
  async account(place: number): Promise<{ balance: bigint; free: bigint; debt: bigint; due: bigint; settledSlot: bigint; enrolled: boolean }> {
    // The cast: the struct as the ABI names it.
    const account = (await this.village.read(this.exchange, "accountOf", this.home(place).node)) as Result;
    return account.toObject() as Awaited<ReturnType<Market["account"]>>;
  }

  async balances(): Promise<bigint[]> {
    return (await Promise.all([...this.homes.keys()].map((place) => this.account(place)))).map(({ balance }) => balance);
  }

  async pool(): Promise<bigint> {
    // The cast: as the ABI has it.
    return BigInt(((await this.village.read(this.exchange, "pool")) as Result)[0]);
  }

  /** What a buyer paid a seller in advance, and what remains. */
  async credit(buyer: number, seller: number): Promise<bigint[]> {
    // The cast: the struct as the ABI names it.
    return ((await this.village.read(this.exchange, "creditOf", this.home(buyer).node, this.home(seller).node)) as Result).toArray().map(BigInt);
  }

  /** Every coin that the exchange holds is somebody's: a balance, paid in advance, or the pool's. */
  async assertConserved(): Promise<void> {
    const places = [...this.homes.keys()];
    const credits = await Promise.all(places.flatMap((buyer) => places.map((seller) => this.credit(buyer, seller))));
    const owned = [await this.pool(), ...(await this.balances()), ...credits.map(([, remaining = 0n]) => remaining)];
    assert.equal(await this.held(), owned.reduce((sum, coins) => sum + coins, 0n));
  }

  /** Coins that the exchange holds. */
  async held(): Promise<bigint> {
    return BigInt(String(await this.village.read(this.village.coin, "balanceOf", await this.exchange.getAddress())));
  }
}

/**
 * Homes on a market before a file's tests, with a baseline and coins, at a slot that has not begun to be metered; as they were before each test.
 * @param homes how many
 */
export function useMarket(homes: number): () => Market {
  const village = useVillage();
  let market: Market | undefined;
  let kept: TradingHome[] = [];
  let snapshot: unknown;
  before(async function () {
    this.timeout(180_000);
    market = new Market(village());
    await market.stopTime();
    await market.open(homes);
    await market.begin();
    kept = structuredClone(market.homes.map(({ account: _a, gateway: _g, ...home }) => home)) as TradingHome[];
  });
  const get = (): Market => market ?? assert.fail("the market runs only within tests");
  beforeEach(async () => {
    snapshot = await village().provider.send("evm_snapshot", []);
  });
  afterEach(async () => {
    await village().provider.send("evm_revert", [snapshot]);
    // What the homes' meters had counted then.
    for (const [place, home] of get().homes.entries()) Object.assign(home, kept[place]);
  });
  return get;
}
