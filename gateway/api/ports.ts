/**
 * What the API needs from the rest of the gateway beside the store: narrow, so that tests can stand in and parts can change behind it.
 * @module
 */
import type { LedgerReading } from "#contracts/leaf.ts";
import type { ChainStatus, Neighbour } from "#gateway/ledger/status.ts";
import type { RecordKey } from "#gateway/store/store.ts";

/** The home that this gateway stands for. */
export interface NodeDescription {
  /** Its number in the community's MeterRegistry. */
  id: number;
  name: string;
  role: "consumer" | "producer";
  /** The address whose key signs its batches. */
  address: string;
  /** Settlement interval. */
  slotMs: number;
  /** How many times faster than real time its clock runs: 1 but in a demo. */
  clockSpeed: number;
}

/** What a board was set to, as far as it explains what is shown. */
export interface BoardSettings {
  boardId: string;
  /** Interval of its readings. */
  readingMs: number;
  policy: {
    /** Consumer: goes to the bus at or below `low`, back at or above `high`. */
    lowPermille: number;
    highPermille: number;
    /** Producer: stops giving at or below `reserve`, gives at or above `giveAbove`. */
    reservePermille: number;
    giveAbovePermille: number;
  };
}

/** What the API asks the ledger for. */
export interface LedgerPort {
  status(): ChainStatus;
  neighbours(): Neighbour[];
  /** Everything that shows a reading to be part of its batch; null when it is in none yet. */
  proof(key: RecordKey): Promise<ReadingProof | null>;
}

/** What shows that a reading is part of a batch. */
export interface ReadingProof {
  node: number;
  batch: number;
  root: string;
  reading: LedgerReading;
  proof: string[];
}

/** What the API asks ingest for. */
export interface IngestPort {
  counters(): Record<string, number>;
}
