/**
 * What the ledger tells the rest of the gateway.
 * @module
 */
import type { MeterKind } from "#contracts/meter-id.ts";
import type { BatchWithTransaction } from "#gateway/store/store.ts";

/** How the chain, and this node's writing to it, stand. */
export interface ChainStatus {
  /**
   * `starting`: not asked yet. `away`: it does not answer. `foreign`: it is another chain than the deployment's, or has other slots, and
   * nothing is written to it. `locked`: it answers, but the node's key is locked, so nothing is signed. `following`: it answers.
   */
  state: "starting" | "following" | "locked" | "away" | "foreign";
  /** What is wrong, and what to do where something can be done; null when nothing is wrong. */
  detail: string | null;
  chainId: number;
  /** Newest block seen; null before the first. */
  headNumber: number | null;
  headUtcMs: number | null;
  /** It answers, but has made no block for longer than `stalledAfterMs`: more than half of its authorities may be away. */
  stalled: boolean;
  /** How old the newest block may be, ms; null while it is not known how often blocks come. */
  stalledAfterMs: number | null;
  /** Blocks, its own included, until a transaction is final; by the engine and its authorities as they are now. */
  finalityDepth: number;
  /** Accounts that may seal the next block; empty on the embedded chain, and where the node does not tell. */
  validators: string[];
  /** Who sealed the newest block; null where the node does not tell. */
  headSealer: string | null;
  /** The gateway's clock when the chain last answered; null before that. */
  answeredUtcMs: number | null;
  meterRegistry: string;
  energyLedger: string;
  /** The address whose key signs this node's batches. */
  account: string;
  node: number;
  /** Transactions that are signed or mined but not final. */
  openTransactions: number;
  /** Transactions that the contract refused in a block, since this process started. */
  revertedTransactions: number;
  /** Checkpoints that were left out since this process started because the contract would refuse them. */
  refusedCheckpoints: number;
}

/** What was asked for needs the node's key, which is locked. */
export class KeyLocked extends Error {
  override readonly name = "KeyLocked";
}

/** A batch as the chain's events tell it. */
export interface NeighbourBatch {
  number: number;
  root: string;
  readingCount: number;
  fromUtcMs: number;
  toUtcMs: number;
  transactionHash: string;
  blockNumber: number;
}

/** A meter's newest checkpoint on the chain. */
export interface NeighbourMeter {
  /** 0x hex of 32 bytes. */
  meterId: string;
  kind: MeterKind;
  slot: number;
  /** Cumulative energy at the end of that slot. */
  importMwh: number;
  exportMwh: number;
  /** Energy since the checkpoint before; null when only one is known. */
  slotImportMwh: number | null;
  slotExportMwh: number | null;
}

/** A home of the community, this one included, as the chain tells it. */
export interface Neighbour {
  node: number;
  /** Newest first, a bounded number of them. */
  batches: NeighbourBatch[];
  /** By meter id. */
  meters: NeighbourMeter[];
}

/** Something that the ledger changed or saw change; each carries the whole new state of what it names. */
export type LedgerChange =
  | { type: "batch"; batch: BatchWithTransaction }
  | { type: "chain"; chain: ChainStatus }
  | { type: "neighbours"; neighbours: Neighbour[] };
