/**
 * How the contracts name a meter and its kind.
 * @module
 */

/** Kinds of meter, in the order of the contracts' `MeterKind`. */
export const METER_KINDS = ["load", "generation", "battery", "bus"] as const;
export type MeterKind = (typeof METER_KINDS)[number];

/** Value of a kind in the contracts' `MeterKind`. */
export function meterKindIndex(kind: MeterKind): number {
  return METER_KINDS.indexOf(kind);
}

/**
 * A meter's id on the chain, 0x hex of 32 bytes: board id (6 bytes), meter index (1 byte), zeros.
 * @param boardId EUI-48 as 12 lower-case hex digits
 * @param meter index on its board, 0 to 255
 * @throws RangeError when either is no such thing
 */
export function meterIdOf(boardId: string, meter: number): string {
  if (!/^[0-9a-f]{12}$/.test(boardId)) throw new RangeError(`board id "${boardId}" is not 12 lower-case hex digits`);
  if (!Number.isInteger(meter) || meter < 0 || meter > 255) throw new RangeError(`meter index ${meter} is not an integer from 0 to 255`);
  return `0x${boardId}${meter.toString(16).padStart(2, "0")}`.padEnd(66, "0");
}
