/**
 * Which settlement slots are closed, and which checkpoints of them may be put before the contract. Pure.
 * @module
 */
import { MAX_COUNTER_MWH } from "#contracts/checkpoints.ts";
import type { Counters } from "#firmware/wire/records.ts";
import type { RecordKey, StoredCheckpoint } from "#gateway/store/store.ts";

/** A slot is a number: slot `n` runs from `n * slotMs` (UTC) up to, not including, `(n + 1) * slotMs`. */
export function slotAt(utcMs: number, slotMs: number): number {
  return Math.floor(utcMs / slotMs);
}

/** UTC ms at which a slot ends. */
export function slotEndMs(slot: number, slotMs: number): number {
  return (slot + 1) * slotMs;
}

/** Who has checkpointed what, and when it is now. */
export interface SlotProgress {
  nowMs: number;
  slotMs: number;
  /** How long after its end a slot stays open for boards that have not yet checkpointed it. */
  graceMs: number;
  /** Newest slot that each board worth waiting for has checkpointed; -1 for none. */
  newestSlots: Iterable<number>;
}

/** Newest closed slot: it has ended, and every active board has checkpointed it or its grace has passed. */
export function closedSlot(progress: SlotProgress): number {
  const ended = slotAt(progress.nowMs, progress.slotMs) - 1;
  const waitedFor = slotAt(progress.nowMs - progress.graceMs, progress.slotMs) - 1;
  const reported = Math.min(...progress.newestSlots);
  return Math.min(ended, Math.max(waitedFor, Number.isFinite(reported) ? reported : -1));
}

/** An admitted meter as the contracts know it. */
export interface ChainMeter {
  ratedPowerW: number;
  /** Newest checkpointed slot, or null before the first checkpoint. */
  slot: number | null;
  /** Counters there, or null when the next checkpoint is a baseline: the first one since the meter was admitted, or admitted again. */
  counters: Counters | null;
}

/** One meter's counters at the end of a slot, as `EnergyLedger.commit` takes them. */
export interface MeterCheckpoint {
  meterId: string;
  slot: number;
  importMwh: number;
  exportMwh: number;
}

/** Why one meter of a checkpoint is left out. Its energy is not lost: counters are cumulative, so a later checkpoint carries it. */
export type RefusalReason = "not admitted" | "counter too large" | "counter backwards" | "above rated power" | "slot committed already";

export interface RefusedCheckpoint extends MeterCheckpoint {
  reason: RefusalReason;
}

export interface CheckpointSelection {
  /** For the contract: by meter (cheapest there), and ascending by slot within a meter. */
  accepted: MeterCheckpoint[];
  /** What the contract would refuse, so that one faulty meter does not hold up the others. */
  refused: RefusedCheckpoint[];
  /** Records that are done with, in order: accepted, refused, or superseded by a newer record of the same slot or a later one. */
  included: RecordKey[];
  /** The limit left something over. */
  more: boolean;
}

export interface SelectionOptions {
  closedSlot: number;
  slotMs: number;
  /** Most checkpoints (meters, not records) to accept. */
  limit: number;
  meterIdOf: (boardId: string, meter: number) => string;
}

/** A checkpoint whose slot is known: ingest gives one to every checkpoint whose time it knows. */
interface SlottedCheckpoint extends StoredCheckpoint {
  slot: number;
}

function byRecord(a: RecordKey, b: RecordKey): number {
  if (a.boardId !== b.boardId) return a.boardId < b.boardId ? -1 : 1;
  return a.boot - b.boot || a.sequence - b.sequence;
}

/** The most that the contract lets a counter grow over some slots (`RatedPower.sol`): rated power × time, 5 % and 1 mWh above. */
export function energyLimitMwh(ratedPowerW: number, slots: number, slotMs: number): bigint {
  // W · ms = mJ, and 3600 mJ are one mWh: 105 / 360,000 = 7 / 24,000. BigInt, because the product may exceed 2^53.
  return (BigInt(ratedPowerW) * BigInt(slots) * BigInt(slotMs) * 7n) / 24_000n + 1n;
}

function refusal(next: MeterCheckpoint, meter: ChainMeter | undefined, slotMs: number): RefusalReason | null {
  if (meter === undefined) return "not admitted";
  if (Math.max(next.importMwh, next.exportMwh) > MAX_COUNTER_MWH) return "counter too large";
  if (meter.slot === null || meter.counters === null) return null;
  const importedMwh = next.importMwh - meter.counters.importMwh;
  const exportedMwh = next.exportMwh - meter.counters.exportMwh;
  if (importedMwh < 0 || exportedMwh < 0) return "counter backwards";
  const limitMwh = energyLimitMwh(meter.ratedPowerW, next.slot - meter.slot, slotMs);
  return importedMwh > limitMwh || exportedMwh > limitMwh ? "above rated power" : null;
}

/** Whether a checkpoint says just what was committed of its slot. */
function isRepeated({ slot, importMwh, exportMwh }: MeterCheckpoint, { slot: committed, counters }: ChainMeter): boolean {
  return slot === committed && counters?.importMwh === importMwh && counters.exportMwh === exportMwh;
}

/**
 * Chooses, in an order that depends on nothing but the records, what goes into the next batch: closed slots only, of each board and
 * slot the newest record, of each meter only slots after its newest one on the chain.
 * @param meters by meter id, as the contracts know them now; what is missing there is not admitted.
 */
export function selectCheckpoints(
  stored: StoredCheckpoint[],
  meters: ReadonlyMap<string, ChainMeter>,
  options: SelectionOptions,
): CheckpointSelection {
  const selection: CheckpointSelection = { accepted: [], refused: [], included: [], more: false };
  const states = new Map(meters);
  const closed = stored
    .filter((checkpoint): checkpoint is SlottedCheckpoint => checkpoint.slot !== null && checkpoint.slot <= options.closedSlot)
    .sort((a, b) => a.slot - b.slot || byRecord(a, b));
  for (const [index, { boardId, boot, sequence, slot, meters: counters }] of closed.entries()) {
    const next = closed[index + 1];
    const superseded = next?.slot === slot && next.boardId === boardId;
    if (!superseded && selection.accepted.length + counters.length > options.limit) {
      selection.more = true;
      break;
    }
    selection.included.push({ boardId, boot, sequence });
    if (superseded) continue;
    for (const [meter, { importMwh, exportMwh }] of counters.entries()) {
      const entry = { meterId: options.meterIdOf(boardId, meter), slot, importMwh, exportMwh };
      const state = states.get(entry.meterId);
      if (state !== undefined && state.slot !== null && slot <= state.slot) {
        // What was committed is never rewritten: the next checkpoint carries what this one would have corrected.
        if (!isRepeated(entry, state)) selection.refused.push({ ...entry, reason: "slot committed already" });
        continue;
      }
      const reason = refusal(entry, state, options.slotMs);
      if (reason !== null || state === undefined) selection.refused.push({ ...entry, reason: reason ?? "not admitted" });
      else {
        selection.accepted.push(entry);
        states.set(entry.meterId, { ratedPowerW: state.ratedPowerW, slot, counters: { importMwh, exportMwh } });
      }
    }
  }
  selection.accepted.sort((a, b) => (a.meterId === b.meterId ? a.slot - b.slot : a.meterId < b.meterId ? -1 : 1));
  return selection;
}
