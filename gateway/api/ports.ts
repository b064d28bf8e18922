/**
 * What the API needs from the rest of the gateway beside the store: narrow, so that tests can stand in and parts can change behind it.
 * @module
 */
import type { IngestCounters, UnknownBoard } from "#gateway/ingest/refusals.ts";
import type { ChainStatus, Neighbour } from "#gateway/ledger/status.ts";
import type { ReadingProof } from "#gateway/ledger/verify.ts";
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

/** What the API asks the ledger for; `createLedger` (ledger/) gives it. */
export interface LedgerPort {
  status(): ChainStatus;
  neighbours(): Neighbour[];
  /** What shows a reading to be in its batch; null when it is in none yet. */
  proof(key: RecordKey): Promise<ReadingProof | null>;
}

/** What the API asks ingest for; `createIngest` (ingest/) gives it. */
export interface IngestPort {
  readonly counters: IngestCounters;
  unknownBoards(): UnknownBoard[];
}
