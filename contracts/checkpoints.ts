/**
 * Checkpoints as `EnergyLedger.commit` takes them and its event tells them: packed by board and slot.
 * @module
 */
import { concat, dataLength, dataSlice, toBeHex, toNumber } from "ethers";

/** A meter's counters at the end of a slot. */
export interface Checkpoint {
  /** See `meterIdOf`. */
  meterId: string;
  slot: number;
  /** Energy over the meter's life, mWh. */
  importMwh: number | bigint;
  exportMwh: number | bigint;
}

/** Largest counter that the ledger takes: 17 GWh. */
export const MAX_COUNTER_MWH = 2 ** 44 - 1;

/** Board id (6 bytes), slot (4), number of meters (1). */
const BOARD_BYTES = 11;
/** Index on the board (1), energy imported and exported (44 bits, which are 11 hex digits, each). */
const METER_BYTES = 12;
const COUNTER_DIGITS = 11;
/** What a board's run of meters can name. */
const MAX_RUN = 255;

/**
 * Packs checkpoints: by slot, and within a slot in the given order, so that those of a meter ascend and a board's stand together.
 * @returns 0x hex
 * @throws RangeError when a counter is negative or above {@link MAX_COUNTER_MWH}
 */
export function packCheckpoints(checkpoints: readonly Checkpoint[]): string {
  const runs: Checkpoint[][] = [];
  for (const checkpoint of checkpoints.toSorted((a, b) => a.slot - b.slot)) {
    const run = runs.at(-1);
    const first = run?.[0];
    const joins = first?.slot === checkpoint.slot && boardOf(first) === boardOf(checkpoint) && (run?.length ?? 0) < MAX_RUN;
    if (run !== undefined && joins) run.push(checkpoint);
    else runs.push([checkpoint]);
  }
  return concat(runs.flatMap((run) => run.slice(0, 1).map((first) => concat([head(first, run.length), ...run.map(meter)]))));
}

/**
 * Unpacks what the ledger's event tells.
 * @param packed 0x hex
 * @throws RangeError when it ends within a checkpoint; the contract takes no such
 */
export function unpackCheckpoints(packed: string): { meterId: string; slot: number; importMwh: bigint; exportMwh: bigint }[] {
  const checkpoints = [];
  for (let at = 0; at < dataLength(packed); ) {
    const board = dataSlice(packed, at, at + 6);
    const [slot, count] = [toNumber(dataSlice(packed, at + 6, at + 10)), toNumber(dataSlice(packed, at + 10, at + BOARD_BYTES))];
    at += BOARD_BYTES;
    for (const end = at + count * METER_BYTES; at < end; at += METER_BYTES) {
      const meterId = concat([board, dataSlice(packed, at, at + 1), `0x${"00".repeat(25)}`]);
      const digits = dataSlice(packed, at + 1, at + METER_BYTES).slice(2);
      const [importMwh, exportMwh] = [BigInt(`0x${digits.slice(0, COUNTER_DIGITS)}`), BigInt(`0x${digits.slice(COUNTER_DIGITS)}`)];
      checkpoints.push({ meterId, slot, importMwh, exportMwh });
    }
  }
  return checkpoints;
}

function boardOf({ meterId }: Checkpoint): string {
  return meterId.slice(0, 14);
}

function head(first: Checkpoint, meters: number): string {
  return concat([boardOf(first), toBeHex(first.slot, 4), toBeHex(meters, 1)]);
}

function meter({ meterId, importMwh, exportMwh }: Checkpoint): string {
  return concat([dataSlice(meterId, 6, 7), `0x${digitsOf(importMwh)}${digitsOf(exportMwh)}`]);
}

function digitsOf(counterMwh: number | bigint): string {
  if (counterMwh < 0 || counterMwh > MAX_COUNTER_MWH) throw new RangeError(`a counter of ${counterMwh} mWh is not from 0 to ${MAX_COUNTER_MWH}`);
  return counterMwh.toString(16).padStart(COUNTER_DIGITS, "0");
}
