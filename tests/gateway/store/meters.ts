/**
 * A meter's life to fill a store with: readings whose counters follow from their power, in frames as boards send them.
 * @module
 */
import type { BoardRecord, Reading } from "#firmware/wire/records.ts";
import type { ReceivedFrame } from "#gateway/store/store.ts";
import { BOARD_A, received, reading } from "./samples.ts";

export interface Life {
  boardId?: string;
  /** Meters that read in turn, each every `everyMs`. */
  meters?: number;
  boot?: number;
  /** Number of the first reading. */
  sequence?: number;
  fromUtcMs: number;
  /** Readings of each meter; the first one ends one interval after `fromUtcMs`. */
  count: number;
  everyMs?: number;
  /** Mean power by meter and reading; positive is import. Default: 3600 W, which is 1 mWh a ms. */
  powerW?: (meter: number, index: number) => number;
  /** Counters at the beginning, by meter. */
  counters?: { importMwh: number; exportMwh: number }[];
  chargePermille?: (index: number) => number;
}

export interface NumberedReading extends Reading {
  sequence: number;
}

/** Readings of one boot, by number. `counters` is changed to where they end. */
export function live(life: Life): NumberedReading[] {
  const { meters = 1, sequence = 1, count, everyMs = 10_000, powerW = () => 3600, counters = [], chargePermille } = life;
  return Array.from({ length: count * meters }, (_, at): NumberedReading => {
    const index = Math.floor(at / meters);
    const meter = at % meters;
    const watts = powerW(meter, index);
    const counter = (counters[meter] ??= { importMwh: 0, exportMwh: 0 });
    counter[watts >= 0 ? "importMwh" : "exportMwh"] += Math.round((Math.abs(watts) * everyMs) / 3600);
    const currentMa = Math.round((watts * 1000) / 12);
    return {
      ...reading({ meter, uptimeMs: (index + 1) * everyMs, currentMa, minCurrentMa: currentMa - 10, maxCurrentMa: currentMa + 20, voltageMv: 12_000 }),
      ...counter,
      ...(chargePermille !== undefined && { chargePermille: chargePermille(index) }),
      sequence: sequence + at,
    };
  });
}

/** Puts readings, which may have holes in their numbers, into frames of at most `size`. */
export function framesOf(readings: NumberedReading[], { boardId = BOARD_A, boot = 1, fromUtcMs }: Life, size = 12): ReceivedFrame[] {
  const frames: { sequence: number; records: BoardRecord[] }[] = [];
  for (const { sequence, ...record } of readings) {
    const last = frames.at(-1);
    if (last !== undefined && last.records.length < size && last.sequence + last.records.length === sequence) last.records.push(record);
    else frames.push({ sequence, records: [record] });
  }
  return frames.map(({ sequence, records }) => received({ boardId, boot, sequence, records, bootUtcMs: fromUtcMs, frameBootUtcMs: fromUtcMs }));
}
