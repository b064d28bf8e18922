/**
 * The exchange and the coin as the gateway uses them: views, events, and the calls that it signs.
 * @module
 */
import { Interface, getBytes, toQuantity, type Result } from "ethers";
import { daiseeCoinAbi, energyExchangeAbi, meterRegistryAbi } from "#contracts/dist/abi.ts";
import { unpackTable, type BookMember } from "#contracts/settlement.ts";
import type { ExchangeEvent } from "#gateway/store/trade.ts";
import type { Chain, LedgerDeployment } from "../chain.ts";
import type { Call } from "../sign.ts";

/** A deployment's record with the contracts that trading takes. */
export interface ExchangeDeployment extends LedgerDeployment {
  contracts: LedgerDeployment["contracts"] & { daiseeCoin: { address: string }; energyExchange: { address: string } };
}

/** The community's tariff and tolerances; prices in millionths of a coin per kWh. */
export interface ExchangeTerms {
  since: number;
  importPrice: number;
  exportPrice: number;
  lossPermille: number;
  lossMwh: number;
  graceSeconds: number;
}

/** What a slot would be cleared from now. */
export interface SlotBook {
  members: BookMember[];
  terms: ExchangeTerms;
  /** Meters that have not reported the slot. */
  missing: number;
  complete: boolean;
}

/** What a node has at the exchange, in millionths of a coin. */
export interface ExchangeBalance {
  balance: bigint;
  free: bigint;
  debt: bigint;
  due: bigint;
  settledSlot: number;
  enrolled: boolean;
}

export type Exchange = ReturnType<typeof createExchange>;

const exchangeInterface = new Interface(energyExchangeAbi);
const coinInterface = new Interface(daiseeCoinAbi);
const registryInterface = new Interface(meterRegistryAbi);

/** Events that are stored. The argument that is kept as their slot. */
const KEPT: Record<string, "slot" | "since"> = {
  SlotCleared: "slot",
  SlotDisputed: "slot",
  LateSettled: "slot",
  AskSet: "since",
  BidSet: "since",
  TermsSet: "since",
};
/** Most members of an exchange. */
const MAX_MEMBERS = 1024;

interface RawLog {
  topics: string[];
  data: string;
  blockNumber: string;
  blockHash: string;
  logIndex: string;
  transactionHash: string;
}

/** Terms as the ABI gives them, numbers for bigints. */
export function termsOf(terms: Record<keyof ExchangeTerms, unknown>): ExchangeTerms {
  const { since, importPrice, exportPrice, lossPermille, lossMwh, graceSeconds } = terms;
  return {
    since: Number(since),
    importPrice: Number(importPrice),
    exportPrice: Number(exportPrice),
    lossPermille: Number(lossPermille),
    lossMwh: Number(lossMwh),
    graceSeconds: Number(graceSeconds),
  };
}

function eventOf({ topics, data, blockNumber, blockHash, logIndex, transactionHash }: RawLog): ExchangeEvent[] {
  const event = exchangeInterface.parseLog({ topics, data });
  const slotName = event === null ? undefined : KEPT[event.name];
  if (event === null || slotName === undefined) return [];
  // Which of them has a node, the fragment tells.
  const hasNode = event.fragment.inputs.some(({ name }) => name === "node");
  return [
    {
      blockNumber: Number(blockNumber),
      logIndex: Number(logIndex),
      blockHash,
      transactionHash,
      name: event.name,
      slot: Number(event.args[slotName]),
      node: hasNode ? Number(event.args["node"]) : null,
      data: getBytes(data),
    },
  ];
}

/** Arguments of a stored event that are not indexed, by name. */
export function argumentsOf({ name, data }: Pick<ExchangeEvent, "name" | "data">): Result {
  const fragment = exchangeInterface.getEvent(name);
  if (fragment === null) throw new Error(`ledger: the exchange has no event ${name}`);
  const plain = fragment.inputs.filter(({ indexed }) => indexed !== true);
  return exchangeInterface.getAbiCoder().decode(plain, data);
}

/** Table and terms of a `SlotDisputed`, and what members got for earlier slots all the same. */
export function unpackDisputed(disputed: string): { members: BookMember[]; amounts: bigint[]; terms: ExchangeTerms } {
  const book = exchangeInterface.getFunction("slotBook")?.outputs[0]?.components?.find(({ name }) => name === "terms");
  if (book === undefined) throw new Error("ledger: the exchange's ABI has no terms");
  const [table, terms] = exchangeInterface.getAbiCoder().decode(["uint256[]", book], disputed);
  // The cast: decoded as uint256[].
  const words = [...(table as bigint[])];
  const members = unpackTable(words);
  const rowWords = words.length / Math.max(1, members.length);
  // The fourth word of a row is what its member gets.
  const amounts = members.map((_, place) => BigInt.asIntN(256, words[place * rowWords + 3] ?? 0n));
  return { members, amounts, terms: termsOf(terms as Record<keyof ExchangeTerms, unknown>) };
}

/** @param chain whose calls are bounded in time */
export function createExchange({ chain, deployment }: { chain: Pick<Chain, "rpc">; deployment: ExchangeDeployment }) {
  const { energyExchange, daiseeCoin, meterRegistry } = deployment.contracts;

  async function view(contract: Interface, to: string, name: string, values: unknown[]): Promise<Result> {
    const result = await chain.rpc("eth_call", [{ to, data: contract.encodeFunctionData(name, values) }, "latest"]);
    if (typeof result !== "string" || result === "0x")
      throw new Error(`there is no contract with ${name} at ${to}: check the deployment's record`);
    return contract.decodeFunctionResult(name, result);
  }
  const ask = (name: string, ...values: unknown[]) => view(exchangeInterface, energyExchange.address, name, values);
  const askCoin = async (name: string, ...values: unknown[]) => (await view(coinInterface, daiseeCoin.address, name, values))[0] as unknown;

  return {
    address: energyExchange.address,
    coinAddress: daiseeCoin.address,
    chainId: deployment.chainId,

    async nextSlot(): Promise<number> {
      return Number((await ask("nextSlot"))[0]);
    },

    async slotBook(slot: number): Promise<SlotBook> {
      // The cast: the struct as the ABI names it.
      const { table, terms, missing, complete } = (await ask("slotBook", slot))[0] as {
        table: bigint[];
        terms: Record<keyof ExchangeTerms, unknown>;
        missing: bigint;
        complete: boolean;
      };
      return { members: unpackTable([...table]), terms: termsOf(terms), missing: Number(missing), complete };
    },

    async balanceOf(node: number): Promise<ExchangeBalance> {
      // The cast: the struct as the ABI names it.
      const { balance, free, debt, due, settledSlot, enrolled } = (await ask("accountOf", node))[0] as Record<keyof ExchangeBalance, never>;
      return { balance, free, debt, due, settledSlot: Number(settledSlot), enrolled };
    },

    async creditOf(buyer: number, seller: number): Promise<{ paid: bigint; remaining: bigint }> {
      const { paid, remaining } = (await ask("creditOf", buyer, seller))[0] as { paid: bigint; remaining: bigint };
      return { paid, remaining };
    },

    /** All enrolled nodes, in the exchange's order. */
    async members(): Promise<number[]> {
      return [...((await ask("members", 0, MAX_MEMBERS))[0] as bigint[])].map(Number);
    },

    /** The account of a node's member. */
    async memberOf(node: number): Promise<string> {
      return ((await view(registryInterface, meterRegistry.address, "nodeInfo", [node]))[0] as { account: string }).account;
    },

    /** Coins that an address holds, and what the exchange may take of them. */
    async coinsOf(owner: string): Promise<{ coins: bigint; allowance: bigint }> {
      const [coins, allowance] = await Promise.all([askCoin("balanceOf", owner), askCoin("allowance", owner, energyExchange.address)]);
      return { coins: coins as bigint, allowance: allowance as bigint };
    },

    /** What a permit to take an owner's coins names: the coin, and how many permits there were before. */
    async permitOf(owner: string): Promise<{ name: string; nonce: bigint }> {
      const [name, nonce] = await Promise.all([askCoin("name"), askCoin("nonces", owner)]);
      return { name: String(name), nonce: nonce as bigint };
    },

    /** The exchange's events in a range of blocks, both ends included, in order. */
    async events(fromBlock: number, toBlock: number): Promise<ExchangeEvent[]> {
      const filter = { address: energyExchange.address, fromBlock: toQuantity(fromBlock), toBlock: toQuantity(toBlock) };
      const logs = await chain.rpc("eth_getLogs", [filter]);
      if (!Array.isArray(logs)) throw new Error("the chain's node gave no list of logs");
      // The cast: the fields of a log in JSON-RPC.
      return (logs as RawLog[]).flatMap(eventOf);
    },

    /** A call to be signed. */
    call(name: string, values: unknown[], gasLimit: bigint): Call {
      return { to: energyExchange.address, data: exchangeInterface.encodeFunctionData(name, values), gasLimit };
    },
  };
}
