/**
 * What a board keeps and sends: readings, events and checkpoints. Field meanings, units and ranges are explained in `README.md`.
 * @module
 */
import type { NumberedCommand } from "./commands.ts";

/** The two series in which a board numbers and keeps its records (DESIGN: two rings). */
export const STREAM = { fine: 0, coarse: 1 } as const;
export type Stream = (typeof STREAM)[keyof typeof STREAM];

/** Stands in a frame's form and an acknowledgement where {@link STREAM} does, for diagnostics, which are kept by nobody and free nothing. */
export const DIAGNOSTICS = 2;

/** Largest meter index of a board. */
export const MAX_METER = 7;

/** First byte in flash of a record that is no reading; a reading's is its meter. */
export const HEAD = { event: 8, checkpoint: 9 } as const;

/** Which supply a relay board has closed (consumer: own, bus, off; producer: keep, give). */
export const SOURCE = { off: 0, own: 1, bus: 2, keep: 3, give: 4 } as const;
export type Source = (typeof SOURCE)[keyof typeof SOURCE];

/** Why a board changed its source. The event carries the value that caused it and the limit it met, in the unit given here. */
export const CAUSE = {
  /** Start of the board; value: reset flags, limit: 0. */
  boot: 0,
  /** Consumer's battery at or below its low limit; value and limit in per mille of charge. */
  batteryLow: 1,
  /** Consumer's battery at or above its high limit; per mille. */
  batteryRecovered: 2,
  /** Producer's battery at or below its reserve; per mille. */
  reserveReached: 3,
  /** Producer's battery at or above the level at which it gives; per mille. */
  reserveRecovered: 4,
  /** A current above the trip limit; mA. */
  overCurrent: 5,
  /** A stale, clipped or implausible sensor; value: channel index, limit: 0. */
  sensorFault: 6,
  /** All sensors plausible again; value: channel index of the last fault, limit: 0. */
  sensorRecovered: 7,
  /** The neighbours' bus carries no voltage; mV. */
  busDead: 8,
  /** The neighbours' bus is live again; mV. */
  busLive: 9,
  /** The lock-out after an over-current is over; newest current and trip limit in mA. */
  lockoutOver: 10,
  /** Somebody holds the source by hand; value: s left, limit: 0. */
  override: 11,
  /** The source is the policy's own again; value: s left (0 when it ran out), limit: 0. */
  overrideOver: 12,
  /** Other limits or another calibration are in force; value: number of the command that brought them, limit: 0. */
  settings: 13,
} as const;
/** Causes up to here are reserved: a gateway keeps those that it has no name for. */
export const MAX_CAUSE = 15;
export type Cause = (typeof CAUSE)[keyof typeof CAUSE];

/** Quality flags of a reading or checkpoint, one bit each. */
export const FLAG = {
  /** A sample met the end of the converter's range. */
  clipped: 1,
  /** First record after a restart: up to one reading interval may not have been counted. */
  resumed: 2,
  /** Records before this one were dropped unsent. */
  gap: 4,
  /** A sensor of this meter was stale or implausible in the interval; its energy was not counted. */
  suspect: 8,
  /** The board did not know UTC: a checkpoint was cut by slot length since boot. */
  unsynced: 16,
} as const;

/** Every defined flag. */
export const ALL_FLAGS = 31;

/** One interval of one meter. It ends at `uptimeMs`; counters are cumulative over the meter's life. */
export interface Reading {
  kind: "reading";
  /** Meter index on its board, 0 to {@link MAX_METER}. */
  meter: number;
  /** End of the interval: ms since the boot that made the record. */
  uptimeMs: number;
  /** Mean current, signed: positive is import. */
  currentMa: number;
  minCurrentMa: number;
  maxCurrentMa: number;
  voltageMv: number;
  /** Cumulative energy imported and exported, whole mWh. */
  importMwh: number;
  exportMwh: number;
  /** Closed relays, one bit each (bit 0 is K1), up to 4. */
  relays: number;
  /** Bits of {@link FLAG}. */
  flags: number;
  /** Battery charge in per mille, on a battery's meter only. */
  chargePermille?: number;
}

/** A change of source, and why. */
export interface BoardEvent {
  kind: "event";
  uptimeMs: number;
  cause: Cause;
  /** The source in force after the event. */
  source: Source;
  value: number;
  limit: number;
}

/** Counters of one meter. */
export interface Counters {
  importMwh: number;
  exportMwh: number;
}

/** All meters' counters at the end of a slot. */
export interface Checkpoint {
  kind: "checkpoint";
  uptimeMs: number;
  /** Number of the slot that ended: floor(UTC ms / slot ms); null while the board does not know UTC. */
  slot: number | null;
  /** Bits of {@link FLAG}. */
  flags: number;
  /** By meter index. */
  meters: Counters[];
}

export type BoardRecord = Reading | BoardEvent | Checkpoint;

/** A run of consecutively numbered records of one boot and stream. */
export interface Frame {
  stream: Stream;
  /** ms since boot, at sealing, of the boot that sealed the frame (its number is in the seal). */
  uptimeMs: number;
  /** The boot that made the records. */
  boot: number;
  /** Number of the first record; the others follow without a gap. */
  sequence: number;
  records: BoardRecord[];
}

/** What a gateway answers: the frame it answers, what of the board's records is durable, and what the board is to do. */
export interface Ack {
  /** Boot and number of the answered frame, which bind the answer to it. */
  frameBoot: number;
  frameNumber: number;
  /** All records of `stream` up to and including (`boot`, `sequence`) that the board has sent are durable; diagnostics: (boot, 0). */
  stream: Stream | typeof DIAGNOSTICS;
  boot: number;
  sequence: number;
  /** The gateway's clock, ms since 1970. */
  utcMs: number;
  command?: NumberedCommand;
}
