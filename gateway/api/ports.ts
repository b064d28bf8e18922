/**
 * What the API needs from the rest of the gateway beside the store: narrow, so that tests can stand in and parts can change behind it.
 * A part that a gateway does not have is left out, and its routes say so.
 * @module
 */
import type { Command, PolicySettings } from "#firmware/wire/commands.ts";
import type { SequenceAnswer } from "#gateway/ingest/http.ts";
import type { IngestCounters, UnknownBoard } from "#gateway/ingest/refusals.ts";
import type { CsvImport } from "#gateway/integrations/csv-import/csv-import.ts";
import type { IntegrationStatus } from "#gateway/integrations/status.ts";
import type { ChainStatus, Neighbour } from "#gateway/ledger/status.ts";
import type { ReadingProof } from "#gateway/ledger/verify.ts";
import type { QueuedCommand, StoredDiagnostics } from "#gateway/store/commands.ts";
import type { AdmittedBoard, RecordKey } from "#gateway/store/store.ts";
import { ProblemError } from "./problem.ts";
import type { ExchangeAccount, ExchangeTerms, NewTransfer, SellerList, Transfer } from "./schemas/exchange.ts";
import type { Estimate, Flows, NewOrder, Order, OrderPreview, Settlement, Slot } from "./schemas/trade.ts";

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

/** What a board is set to, as far as the gateway knows. */
export interface BoardSettings {
  boardId: string;
  /** Interval of its readings. */
  readingMs: number;
  policy: PolicySettings | null;
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

/** What boards are asked to do; `createCommands` (ingest/) gives it. */
export interface CommandsPort {
  /** @throws when the command cannot be written on the wire, or too many wait. */
  queue(boardId: string, command: Command, by: string): Promise<QueuedCommand>;
  /** Newest first. */
  list(boardId: string, query: { limit: number }): Promise<QueuedCommand[]>;
  /** A board's newest diagnostics; null before its first ones. */
  health(boardId: string): StoredDiagnostics | null;
}

/** Lets boards in: stores them with their wrapped secret, and has ingest take their frames from then on. */
export interface AdmissionPort {
  /** @param secret the board's, 32 bytes. */
  admit(board: Omit<AdmittedBoard, "wrappedSecret">, secret: Uint8Array): Promise<void>;
}

/** Frames that come over HTTP; `createHttpFrames` (ingest/) gives it. */
export interface FramesPort {
  /** Takes a CBOR sequence of sealed messages. Never rejects. */
  acceptSequence(sequence: Uint8Array): Promise<SequenceAnswer>;
}

/** What the exchange would not take, or what contradicts what is there. */
export class TradeRefusal extends Error {
  override readonly name = "TradeRefusal";
  readonly kind: "locked" | "conflict";

  /** @param kind locked: the node's key is; conflict: with an order, or with who the key is. */
  constructor(kind: "locked" | "conflict", message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Standing orders; the ledger gives it. Changes are pending until the chain confirmed them. */
export interface OrdersPort {
  /** Newest first. */
  list(): Promise<Order[]>;
  /** @throws TradeRefusal while the key is locked, or when the home has an order of that side: this and the next two. */
  place(order: NewOrder, by: string): Promise<Order>;
  replace(orderId: string, order: NewOrder, by: string): Promise<Order>;
  cancel(orderId: string, by: string): Promise<Order>;
}

/** Bounds of slots, newest first: `fromSlot` is within, `beforeSlot` is not. */
export interface SlotQuery {
  fromSlot?: number;
  beforeSlot?: number;
  limit: number;
}

/** The same, as many as one answer takes. */
export type SlotBounds = Omit<SlotQuery, "limit">;

/** Slots and settlements; the ledger gives it. */
export interface SettlementsPort {
  slots(query: SlotQuery): Promise<Slot[]>;
  slot(slot: number): Promise<Slot | null>;
  settlements(query: SlotQuery): Promise<Settlement[]>;
  /** Of all homes. */
  flows(bounds: SlotBounds): Promise<Flows>;
  /** What an order would have done. */
  preview(order: NewOrder, bounds: SlotBounds): Promise<OrderPreview>;
  /** The running slot. */
  estimate(): Promise<Estimate>;
}

/** The home's account at the exchange; the ledger gives it. What it reads is null until the chain answered. */
export interface ExchangePort {
  account(): ExchangeAccount | null;
  terms(): ExchangeTerms | null;
  /** Cheapest first. */
  sellers(): Promise<SellerList["items"]>;
  /** Newest first. */
  transfers(): Promise<Transfer[]>;
  /** @throws TradeRefusal while the key is locked, or when the key may not do that. */
  transfer(transfer: NewTransfer, by: string): Promise<Transfer>;
}

/** Other systems in the house; `createIntegrations` (integrations/) gives it. */
export interface IntegrationsPort {
  /** How each stands, those that are off too. */
  list(): IntegrationStatus[];
  /** Undefined while it is off. */
  csvImport?: CsvImport | undefined;
}

/** A part that may be missing. @throws ProblemError 503 when it is. */
export function available<Port>(port: Port | undefined, what: string): Port {
  if (port === undefined) throw new ProblemError(503, `This gateway has no ${what}: it is not available here.`);
  return port;
}
