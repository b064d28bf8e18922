/**
 * The store's records as the API shows them: names instead of the wire's numbers, units in every name, no internals.
 * @module
 */
import { FLAG } from "#firmware/wire/records.ts";
import { meterIdOf } from "#contracts/meter-id.ts";
import type { StoredAccount, StoredAuditRecord, StoredSession, StoredToken } from "#gateway/store/accounts.ts";
import type { QueuedCommand, StoredDiagnostics } from "#gateway/store/commands.ts";
import type { AdmittedBoard, BatchWithTransaction, MeterDescription, RecordKey, StoredEvent, StoredReading } from "#gateway/store/store.ts";
import type { BoardSettings } from "./ports.ts";
import type { Account, AuditEntry, Session, Token } from "./schemas/access.ts";
import type { Batch } from "./schemas/batches.ts";
import type { BoardCommand, Diagnostics } from "./schemas/commands.ts";
import type { Board, Meter } from "./schemas/node.ts";
import { CAUSE_UNIT, causeNameOf, flagName, sourceNameOf } from "./schemas/records.ts";
import type { BoardEvent, Reading } from "./schemas/records.ts";

export function recordIdOf({ boardId, boot, sequence }: RecordKey): string {
  return `${boardId}-${boot}-${sequence}`;
}

/** The key that a record's id names; the id is of the form that {@link recordIdOf} writes. */
export function recordKeyOf(id: string): RecordKey {
  const [boardId = "", boot, sequence] = id.split("-");
  return { boardId, boot: Number(boot), sequence: Number(sequence) };
}

export function presentReading(reading: StoredReading): Reading {
  const { boardId, boot, sequence, meter, endUtcMs, uptimeMs, currentMa, minCurrentMa, maxCurrentMa, voltageMv } = reading;
  return {
    id: recordIdOf(reading),
    boardId,
    boot,
    sequence,
    meter,
    endUtcMs,
    uptimeMs,
    currentMa,
    minCurrentMa,
    maxCurrentMa,
    voltageMv,
    // Adding 0 turns the -0 of a rounded small negative into 0, as JSON has it.
    powerMw: Math.round((currentMa * voltageMv) / 1000) + 0,
    importMwh: reading.importMwh,
    exportMwh: reading.exportMwh,
    closedRelays: [1, 2, 3, 4].filter((relay) => (reading.relays >> (relay - 1)) & 1),
    flags: flagName.options.filter((name) => reading.flags & FLAG[name]),
    chargePermille: reading.chargePermille ?? null,
    batchNumber: reading.batch,
  };
}

export function presentEvent(event: StoredEvent): BoardEvent {
  const cause = causeNameOf(event.cause);
  return {
    id: recordIdOf(event),
    boardId: event.boardId,
    utcMs: event.utcMs,
    uptimeMs: event.uptimeMs,
    cause,
    source: sourceNameOf(event.source),
    value: event.value,
    limit: event.limit,
    unit: CAUSE_UNIT[cause],
  };
}

export function presentMeter(boardId: string, description: MeterDescription, latest: readonly StoredReading[]): Meter {
  const { meter, kind, name, ratedPowerW } = description;
  const reading = latest.find((one) => one.boardId === boardId && one.meter === meter);
  return {
    meterId: meterIdOf(boardId, meter),
    boardId,
    meter,
    kind,
    name,
    ratedPowerW,
    latestReading: reading === undefined ? null : presentReading(reading),
  };
}

/** What the store knows of all boards now. */
export interface Latest {
  readings: StoredReading[];
  events: StoredEvent[];
}

/** A board is silent after this many of its reading intervals, and never before `MIN_SILENCE_MS`. */
const SILENT_READINGS = 5;
const MIN_SILENCE_MS = 10_000;

/** How old a board's newest reading may be before the board counts as silent. */
export function silentAfterMs(settings: BoardSettings | undefined): number {
  return Math.max(MIN_SILENCE_MS, SILENT_READINGS * (settings?.readingMs ?? 0));
}

export function presentBoard(board: AdmittedBoard, latest: Latest, settings: BoardSettings | undefined): Board {
  const { boardId, name, role, admittedUtcMs } = board;
  const event = latest.events.find((one) => one.boardId === boardId);
  const meters = board.meters.map((description) => presentMeter(boardId, description, latest.readings));
  const ends = meters.flatMap(({ latestReading }) => latestReading?.endUtcMs ?? []);
  return {
    boardId,
    name,
    role,
    admittedUtcMs,
    newestUtcMs: ends.length === 0 ? null : Math.max(...ends),
    silentAfterMs: silentAfterMs(settings),
    policy: settings?.policy ?? null,
    source: event === undefined ? null : sourceNameOf(event.source),
    latestEvent: event === undefined ? null : presentEvent(event),
    meters,
  };
}

export function presentBatch({ transaction, ...batch }: BatchWithTransaction): Batch {
  const { number, root, readingCount, fromUtcMs, toUtcMs, slot, createdUtcMs } = batch;
  const { state, hash, nonce, blockNumber, blockHash } = transaction;
  return {
    number,
    root,
    readingCount,
    fromUtcMs,
    toUtcMs,
    slot,
    createdUtcMs,
    transaction: { state, hash, nonce, blockNumber, blockHash, createdUtcMs: transaction.createdUtcMs },
  };
}

export function presentCommand(queued: QueuedCommand): BoardCommand {
  const { commandId, boardId, command, by, state, reason, createdUtcMs, sentUtcMs, doneUtcMs } = queued;
  const shown: BoardCommand["command"] = command.kind === "override" ? { ...command, source: sourceNameOf(command.source) } : command;
  return { commandId, boardId, command: shown, by, state, reason, createdUtcMs, sentUtcMs, doneUtcMs };
}

/** What became of a command is told by the command. */
export function presentDiagnostics({
  commandId: _id,
  commandResult: _result,
  commandReason: _reason,
  ...shown
}: StoredDiagnostics): Diagnostics {
  return shown;
}

export function presentAccount({ accountId, name, role, createdUtcMs, lastLoginUtcMs }: StoredAccount): Account {
  return { accountId, name, role, createdUtcMs, lastLoginUtcMs };
}

export function presentSession(session: StoredSession, accountName: string, currentId: string | null): Session {
  const { sessionId, createdUtcMs, seenUtcMs, expiresUtcMs, address, client } = session;
  return { sessionId, accountName, createdUtcMs, seenUtcMs, expiresUtcMs, address, client, isCurrent: sessionId === currentId };
}

export function presentToken(token: StoredToken, createdBy: string): Token {
  const { tokenId, name, scope, createdUtcMs, expiresUtcMs, lastUsedUtcMs } = token;
  return { tokenId, name, scope, createdBy, createdUtcMs, expiresUtcMs, lastUsedUtcMs };
}

export function presentAuditRecord({ before, after, ...record }: StoredAuditRecord): AuditEntry {
  return { ...record, before: JSON.parse(before), after: JSON.parse(after) };
}
