/**
 * Who may seal, who sealed, and how that changes: each engine's own calls behind one shape.
 * @module
 */
import { getAddress } from "ethers";
import { z } from "zod";
import type { ChainDescription, Engine } from "./description.ts";
import type { Rpc } from "./rpc.ts";

/** What is used of a block. */
export interface SealedBlock {
  number: number;
  hash: string;
  /** UTC, s. */
  timestamp: number;
  sealer: string;
}

export interface Consensus {
  /** Accounts that may seal the next block. */
  authorities(): Promise<string[]>;
  /** A block, or null when the chain is not that high. */
  block(at: number | "latest"): Promise<SealedBlock | null>;
  /** Casts this node's vote with every block that it seals; it stays until withdrawn. */
  vote(account: string, add: boolean): Promise<void>;
  withdraw(account: string): Promise<void>;
  /** Authorities whose votes for this change count at the newest block. Engines that do not tell give null. */
  voters(account: string, add: boolean): Promise<string[] | null>;
}

const account = z.string().transform((text) => getAddress(text));
const accounts = z.array(account);
const blockSchema = z.object({ number: z.string(), hash: z.string(), timestamp: z.string(), miner: account }).nullable();
const snapshotSchema = z.object({ votes: z.array(z.object({ signer: account, address: account, authorize: z.boolean() })).nullable() });

/** What of a description tells who may seal. */
export type Sealing = Pick<ChainDescription, "engine" | "authorities" | "authorityChanges">;

/** The calls of an engine's node. */
export function createConsensus(description: Sealing, rpc: Rpc): Consensus {
  return ENGINES[description.engine](rpc, description);
}

const ENGINES: Record<Engine, (rpc: Rpc, description: Sealing) => Consensus> = { clique, qbft, aura, anvil };

async function blockAt(rpc: Rpc, at: number | "latest"): Promise<SealedBlock | null> {
  const block = blockSchema.parse(await rpc("eth_getBlockByNumber", [at === "latest" ? at : `0x${at.toString(16)}`, false]));
  return block && { number: Number(block.number), hash: block.hash, timestamp: Number(block.timestamp), sealer: block.miner };
}

function clique(rpc: Rpc): Consensus {
  return {
    authorities: async () => accounts.parse(await rpc("clique_getSigners", ["latest"])),
    async block(at) {
      const block = await blockAt(rpc, at);
      // A Clique block names a candidate where others name their sealer; that is in the seal alone, which block 0 lacks.
      return block && block.number > 0 ? { ...block, sealer: account.parse(await rpc("clique_getSigner", [block.hash])) } : block;
    },
    vote: async (candidate, add) => void (await rpc("clique_propose", [candidate, add])),
    withdraw: async (candidate) => void (await rpc("clique_discard", [candidate])),
    async voters(candidate, add) {
      const { votes } = snapshotSchema.parse(await rpc("clique_getSnapshot", ["latest"]));
      return (votes ?? []).filter(({ address, authorize }) => address === candidate && authorize === add).map(({ signer }) => signer);
    },
  };
}

function qbft(rpc: Rpc): Consensus {
  return {
    authorities: async () => accounts.parse(await rpc("qbft_getValidatorsByBlockNumber", ["latest"])),
    block: (at) => blockAt(rpc, at),
    vote: async (candidate, add) => void (await rpc("qbft_proposeValidatorVote", [candidate, add])),
    withdraw: async (candidate) => void (await rpc("qbft_discardValidatorVote", [candidate])),
    voters: async () => null,
  };
}

function aura(rpc: Rpc, { authorities, authorityChanges }: Sealing): Consensus {
  const refuse = async (): Promise<never> => {
    throw new Error("AuRa has no votes: its authorities change by the description, at a block that all nodes agree on");
  };
  return {
    async authorities() {
      const next = Number(await rpc("eth_blockNumber")) + 1;
      return authorityChanges.findLast(({ fromBlock }) => fromBlock <= next)?.authorities ?? authorities;
    },
    block: (at) => blockAt(rpc, at),
    vote: refuse,
    withdraw: refuse,
    voters: async () => null,
  };
}

function anvil(rpc: Rpc): Consensus {
  const refuse = async (): Promise<never> => {
    throw new Error("the embedded chain has no authorities; begin a chain of validators with daisee chain init");
  };
  return { authorities: async () => [], block: (at) => blockAt(rpc, at), vote: refuse, withdraw: refuse, voters: async () => null };
}
