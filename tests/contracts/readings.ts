/**
 * Random readings over the whole range of every field.
 * @module
 */
import fc from "fast-check";
import type { LedgerReading } from "#contracts/leaf.ts";

const hex = (bytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((value) => `0x${Buffer.from(value).toString("hex")}`);
const uint = (bits: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: Math.min(2 ** bits - 1, Number.MAX_SAFE_INTEGER) });
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

/** Any reading that the types allow. */
export const anyReading: fc.Arbitrary<LedgerReading> = fc.record({
  meterId: hex(32),
  boot: uint(32),
  sequence: uint(32),
  uptimeMs: uint(64),
  endUtcMs: uint(64),
  currentMa: int32,
  minCurrentMa: int32,
  maxCurrentMa: int32,
  voltageMv: int32,
  importMwh: uint(64),
  exportMwh: uint(64),
  state: uint(16),
  chargePermille: uint(16),
  salt: hex(32),
});

/** A reading's copies that each have one field from another reading, where the two differ. */
export function mutationsOf(reading: LedgerReading, other: LedgerReading): LedgerReading[] {
  const fields = new Map<string, unknown>(Object.entries(reading));
  return Object.entries(other)
    .filter(([field, value]) => fields.get(field) !== value)
    .map(([field, value]) => ({ ...reading, [field]: value }));
}
