/**
 * What the topics say now. Pure.
 * @module
 */
import { silentAfterMs } from "#gateway/api/present.ts";
import type { BoardSettings } from "#gateway/api/ports.ts";
import { sourceNameOf } from "#gateway/api/schemas/records.ts";
import type { QueuedCommand } from "#gateway/store/commands.ts";
import type { AdmittedBoard, StoredEvent, StoredReading } from "#gateway/store/store.ts";
import { priceSegments } from "#gateway/tariffs/bands.ts";
import type { Tariff } from "#gateway/tariffs/tariff.ts";
import type { Message } from "./discovery.ts";
import { AUTOMATIC, RELAYS } from "./topics.ts";
import type { Topics } from "./topics.ts";

export interface Now {
  boards: readonly AdmittedBoard[];
  readings: readonly StoredReading[];
  events: readonly StoredEvent[];
  tariffs: readonly Tariff[];
  settingsOf(boardId: string): BoardSettings | undefined;
  /** A board's newest override that it applied or may yet apply; null when there is none. */
  overrideOf(boardId: string): QueuedCommand | null;
  nowMs: number;
}

function meterState({ currentMa, voltageMv, importMwh, exportMwh, chargePermille }: StoredReading): string {
  const state = {
    power: Math.round((currentMa * voltageMv) / 1000) / 1000,
    imported: importMwh / 1_000_000,
    exported: exportMwh / 1_000_000,
    voltage: voltageMv / 1000,
    current: currentMa / 1000,
    ...(chargePermille !== undefined && { charge: chargePermille / 10 }),
  };
  return JSON.stringify(state);
}

/** The source that somebody holds, or {@link AUTOMATIC}. */
function heldSource(override: QueuedCommand | null, nowMs: number): string {
  if (override === null || override.command.kind !== "override") return AUTOMATIC;
  const { source, durationMs } = override.command;
  return nowMs < (override.doneUtcMs ?? nowMs) + durationMs ? sourceNameOf(source) : AUTOMATIC;
}

function boardStates(board: AdmittedBoard, topics: Topics, now: Now): Message[] {
  const { boardId, role } = board;
  const readings = now.readings.filter((reading) => reading.boardId === boardId);
  const newestUtcMs = Math.max(0, ...readings.map(({ endUtcMs }) => endUtcMs ?? 0));
  const isOnline = now.nowMs - newestUtcMs <= silentAfterMs(now.settingsOf(boardId));
  const messages: Message[] = [{ topic: topics.board(boardId), payload: isOnline ? "online" : "offline" }];
  for (const reading of readings) messages.push({ topic: topics.meter(boardId, reading.meter), payload: meterState(reading) });
  const newest = readings.find(({ endUtcMs }) => endUtcMs === newestUtcMs);
  if (newest === undefined) return messages;
  const event = now.events.find((one) => one.boardId === boardId);
  const relays = RELAYS[role].map((_, bit) => [`relay${bit + 1}`, (newest.relays >> bit) % 2 === 1 ? "ON" : "OFF"] as const);
  const state = {
    ...Object.fromEntries(relays),
    ...(event !== undefined && { source: sourceNameOf(event.source) }),
    held: heldSource(now.overrideOf(boardId), now.nowMs),
  };
  messages.push({ topic: topics.relays(boardId), payload: JSON.stringify(state) });
  return messages;
}

/** Every state message of a home. */
export function statesOf(now: Now, topics: Topics): Message[] {
  const messages = now.boards.flatMap((board) => boardStates(board, topics, now));
  const [segment] = priceSegments(now.tariffs, now.nowMs, now.nowMs + 1);
  if (segment !== undefined) messages.push({ topic: topics.price, payload: String(segment.band.importMicroPerKwh / 1_000_000) });
  return messages;
}
