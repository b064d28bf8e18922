/**
 * What the contracts say now, compared with what follows from all that they told: one call for each account, at one block.
 * @module
 */
import { Contract, keccak256, type InterfaceAbi, type JsonRpcProvider, type Result } from "ethers";
import { daiseeCoinAbi, energyExchangeAbi, energyLedgerAbi } from "#contracts/dist/abi.ts";
import { compare, type Note } from "./difference.ts";
import type { Contracts } from "./events.ts";
import type { ExchangeReplay } from "./exchange.ts";
import type { LedgerReplay } from "./ledger.ts";

/** Of each contract, and of the coin, where it is and the hash of its code as it was deployed. */
export interface DeployedCommunity {
  chainId: number;
  genesisHash: string;
  contracts: Record<keyof Contracts | "daiseeCoin", { address: string; codeHash: string }>;
}

export interface Chain {
  provider: JsonRpcProvider;
  deployment: DeployedCommunity;
}

/** Whether it is the chain, and the code, of the deployment's record. */
export async function checkContracts({ provider, deployment }: Chain, note: Note): Promise<void> {
  const place = { subject: "the chain", transactionHash: null };
  compare(note, { ...place, what: "id" }, deployment.chainId, Number(await provider.send("eth_chainId", [])));
  compare(note, { ...place, what: "block 0" }, deployment.genesisHash, (await provider.getBlock(0))?.hash);
  for (const [name, { address, codeHash }] of Object.entries(deployment.contracts)) {
    compare(note, { ...place, what: `code of ${name} at ${address}` }, codeHash, keccak256(await provider.getCode(address)));
  }
}

/** The ledger's rules that the replay needs. */
export async function readRules({ provider, deployment }: Chain): Promise<{ slotSeconds: number; historySlots: number }> {
  const ledger = contract(provider, deployment.contracts.energyLedger.address, energyLedgerAbi);
  return { slotSeconds: Number(await ledger.getFunction("slotSeconds").staticCall()), historySlots: Number(await ledger.getFunction("HISTORY_SLOTS").staticCall()) };
}

/** Compares accounts, pool, disputes and coins at a block. */
export async function checkState({ provider, deployment }: Chain, blockTag: number, replay: ExchangeReplay, ledger: LedgerReplay, note: Note): Promise<void> {
  const { energyExchange, daiseeCoin, energyLedger } = deployment.contracts;
  const [exchange, coin, batches] = [
    contract(provider, energyExchange.address, energyExchangeAbi),
    contract(provider, daiseeCoin.address, daiseeCoinAbi),
    contract(provider, energyLedger.address, energyLedgerAbi),
  ];
  const read = (from: Contract, name: string, ...values: unknown[]): Promise<unknown> => from.getFunction(name).staticCall(...values, { blockTag });
  const { accounts } = replay;
  for (const node of replay.nodes()) {
    // The cast: the struct as the ABI names it.
    const account = (await read(exchange, "accountOf", node)) as Record<"balance" | "debt" | "due" | "settledSlot" | "enrolled", unknown>;
    const expected = { balance: accounts.balance(node), debt: accounts.debt(node), due: accounts.due(node), settledSlot: replay.settledSlot(node), enrolled: replay.isEnrolled(node) };
    for (const field of ["balance", "debt", "due", "settledSlot", "enrolled"] as const) {
      compare(note, { subject: `account of node ${node}`, what: field, transactionHash: null }, expected[field], account[field]);
    }
  }
  const place = { subject: "the exchange", transactionHash: null };
  const pool = (await read(exchange, "pool")) as Result;
  compare(note, { ...place, what: "pool, and what it owes" }, [accounts.pool(), accounts.poolDue()].join(", "), [...pool].join(", "));
  compare(note, { ...place, what: "open disputes" }, replay.openDisputes(), await read(exchange, "openDisputes"));
  // Anybody may send it coins; those are nobody's.
  const held = BigInt(String(await read(coin, "balanceOf", energyExchange.address)));
  if (held < accounts.held()) note({ ...place, what: "coins that it holds", expected: `at least ${accounts.held()}`, actual: String(held) });
  const last = new Map(ledger.batches().map(({ node, number }) => [node, number]));
  for (const [node, number] of last) {
    compare(note, { subject: `node ${node}`, what: "number of its next batch", transactionHash: null }, number + 1, await read(batches, "nextBatch", node));
  }
}

/** ethers takes no readonly tuples, but changes nothing in them. */
function contract(provider: JsonRpcProvider, address: string, abi: readonly unknown[]): Contract {
  return new Contract(address, [...abi] as InterfaceAbi, provider);
}
