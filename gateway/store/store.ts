/**
 * What the gateway keeps, as one interface: SQLite implements it today, PostgreSQL can beside it under the same tests.
 * Every method that writes resolves only after its transaction is on the disk (fsync).
 * @module
 */
import type { BoardEvent, Checkpoint, Frame, Reading } from "#firmware/wire/records.ts";
import type { AccountStore } from "./accounts.ts";
import type { CommandStore } from "./commands.ts";
import type { ExternalStore } from "./external.ts";
import type { HistoryStore } from "./history.ts";
import type { OutboxTransaction, SettlementStore } from "./settlement.ts";
import type { TradeStore } from "./trade.ts";

/** A record's number: unique within a board and stream. `boardId` is an EUI-48 as 12 lower-case hex digits. */
export interface RecordKey {
  boardId: string;
  boot: number;
  sequence: number;
}

/** A meter of an admitted board. */
export interface MeterDescription {
  /** Index on its board. */
  meter: number;
  kind: "load" | "generation" | "battery" | "bus";
  name: string;
  ratedPowerW: number;
}

/** A board whose frames are accepted. */
export interface AdmittedBoard {
  boardId: string;
  name: string;
  role: "consumer" | "producer";
  meters: MeterDescription[];
  /** The board's secret, encrypted under the node's key; see `auth/`. */
  wrappedSecret: Uint8Array;
  admittedUtcMs: number;
}

/** How far a board's frames have come, and how its clock maps to UTC; kept over restarts. */
export interface BoardProgress {
  boardId: string;
  /** Number of the newest accepted frame. */
  frameBoot: number;
  frameNumber: number;
  /** By boot: UTC of that boot's uptime zero, in ms. */
  bootUtcMs: Map<number, number>;
}

/** A verified frame on its way into the store, the boots' times already mapped. */
export interface ReceivedFrame {
  boardId: string;
  frameBoot: number;
  frameNumber: number;
  receivedUtcMs: number;
  /** UTC of uptime zero of the boot that sealed the frame: kept for the records of that boot which other boots will bring. */
  frameBootUtcMs: number;
  /** UTC of uptime zero of the records' boot; null when that boot never met the gateway. */
  bootUtcMs: number | null;
  /** Given when it never did: between which times it began. */
  bootBounds?: BootBounds;
  frame: Frame;
}

/**
 * Between which times a boot's uptime zero was, for a boot that never met the gateway: after what is known of the boots before it (null
 * when there is none), and early enough for its records to have ended before the next known boot began.
 */
export interface BootBounds {
  earliestUtcMs: number | null;
  latestUtcMs: number;
}

/** What became of a frame's records. */
export interface CommittedFrame {
  stored: StoredRecord[];
  /** Records that were there already. */
  duplicates: number;
}

export interface StoredReading extends Reading, RecordKey {
  /** End of the interval in UTC ms; null when its boot never met the gateway. */
  endUtcMs: number | null;
  /** Batch that commits it to the chain, and its leaf there. */
  batch: number | null;
  leaf: number | null;
}

export interface StoredEvent extends BoardEvent, RecordKey {
  utcMs: number | null;
}

export interface StoredCheckpoint extends Checkpoint, RecordKey {
  utcMs: number | null;
  batch: number | null;
}

export type StoredRecord = StoredReading | StoredEvent | StoredCheckpoint;

/**
 * Bounds of a listing: readings with a known time, ascending by time and then key, `limit` at most. `fromUtcMs` is within, `toUtcMs` is
 * not. `after` goes on behind the last one of the page before.
 */
export interface ReadingQuery {
  boardId?: string;
  meter?: number;
  fromUtcMs?: number;
  toUtcMs?: number;
  after?: { endUtcMs: number; key: RecordKey };
  limit: number;
}

/** Readings and checkpoints that are committed together. */
export interface Batch {
  number: number;
  /** Merkle root over the leaves, 0x hex; 32 zero bytes when there is no reading. */
  root: string;
  readingCount: number;
  /** Ends of the first and last reading (or checkpoint, when there is no reading), UTC ms. */
  fromUtcMs: number;
  toUtcMs: number;
  /** Newest slot that it checkpoints. */
  slot: number;
  createdUtcMs: number;
}

/** A batch on its way into the store, with its leaves and its transaction. */
export interface NewBatch {
  batch: Batch;
  /** In the order of their leaves. */
  readings: RecordKey[];
  checkpoints: RecordKey[];
  transaction: Omit<OutboxTransaction, "id">;
}

export interface BatchWithTransaction extends Batch {
  transaction: OutboxTransaction;
}

export type { OutboxTransaction, TransactionState } from "./settlement.ts";

/** Readings, events, checkpoints, batches. */
export interface RecordStore {
  /** Admits a board, or replaces what is said about it; its records and progress stay. */
  admitBoard(board: AdmittedBoard): Promise<void>;
  /** By board id. */
  boards(): Promise<AdmittedBoard[]>;
  /** Of the boards that had a frame accepted. */
  progress(): Promise<BoardProgress[]>;

  /**
   * Stores all frames' new records, their rollups, progress and time mapping in one transaction; results in the frames' order. Progress
   * never goes back. A record that is there already stays as it is, and one that was dropped for its age is not taken again. Rejects, with
   * nothing stored, when a frame's board is not admitted, or the disk is full.
   */
  commitFrames(frames: ReceivedFrame[]): Promise<CommittedFrame[]>;

  reading(key: RecordKey): Promise<StoredReading | null>;
  readings(query: ReadingQuery): Promise<StoredReading[]>;
  /** The newest reading of each meter, and the newest event of each board. */
  latest(): Promise<{ readings: StoredReading[]; events: StoredEvent[] }>;
  /** Newest first: by number for one board, by time over all. `before` goes on behind the last one of the page before. */
  events(query: { boardId?: string; before?: { utcMs: number | null; key: RecordKey }; limit: number }): Promise<StoredEvent[]>;
  /** Ascending by slot, then key; those without a slot come last, and not at all when `fromSlot` is given. */
  checkpoints(query: { boardId?: string; fromSlot?: number; limit: number }): Promise<StoredCheckpoint[]>;

  /**
   * Readings in no batch that ended at or before `untilUtcMs`, by board, boot and sequence; without those that waited so long that they
   * were packed (see `StoreSettings`).
   */
  unbatchedReadings(untilUtcMs: number, limit: number): Promise<StoredReading[]>;
  /** Checkpoints with a slot that are in no batch, by slot. */
  unbatchedCheckpoints(limit: number): Promise<StoredCheckpoint[]>;
  /**
   * Stores a batch, marks its readings and checkpoints, and puts its transaction into the outbox: one transaction. Rejects, with nothing
   * stored, when the number is not the next one (from 1), or a record is unknown, in a batch already, or given twice.
   */
  addBatch(batch: NewBatch): Promise<OutboxTransaction>;
  /** Newest first. */
  batches(query: { before?: number; limit: number }): Promise<BatchWithTransaction[]>;
  batch(number: number): Promise<BatchWithTransaction | null>;
  /** In the order of their leaves. */
  batchReadings(number: number): Promise<StoredReading[]>;

  /** Adds one to a named persistent counter and returns it; the first is 1. */
  increment(counter: string): Promise<number>;
}

/** The methods of {@link RecordStore} by name, for the caller of the database thread. */
export const RECORD_METHODS: Record<keyof RecordStore, true> = {
  admitBoard: true,
  boards: true,
  progress: true,
  commitFrames: true,
  reading: true,
  readings: true,
  latest: true,
  events: true,
  checkpoints: true,
  unbatchedReadings: true,
  unbatchedCheckpoints: true,
  addBatch: true,
  batches: true,
  batch: true,
  batchReadings: true,
  increment: true,
};

export interface Store extends RecordStore, HistoryStore, CommandStore, AccountStore, SettlementStore, TradeStore, ExternalStore {
  /** Resolves when all that was asked before is done and the store is closed. Later calls of other methods reject. */
  close(): Promise<void>;
}
