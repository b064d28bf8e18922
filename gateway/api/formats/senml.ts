/**
 * Readings and series as SenML packs (RFC 8428), in JSON and CBOR.
 * @module
 */
import type { Reading } from "../schemas/records.ts";
import type { SeriesPoint } from "../schemas/series.ts";

/** One SenML record; fields that do not change are in the first one's base fields. */
export interface SenmlRecord {
  bn?: string;
  bt?: number;
  n?: string;
  u?: string;
  v?: number;
  t?: number;
}

/** RFC 8428, table 4: labels of the fields in CBOR. */
const LABELS: Record<keyof SenmlRecord, number> = { bn: -2, bt: -3, n: 0, u: 1, v: 2, t: 6 };

/** SenML's times are in seconds; what is below 2^28 would mean "so long ago" (RFC 8428, 4.5.3). */
const seconds = (utcMs: number): number => utcMs / 1000;

/** The meter's name: its board as a device URN (RFC 9039, 4.1: an EUI-48 becomes an EUI-64 by ff fe), the meter as a component of it. */
function meterName(boardId: string, meter: number): string {
  return `urn:dev:mac:${boardId.slice(0, 6)}fffe${boardId.slice(6)}_meter${meter}_`;
}

/** Quantities of a meter, in the base units of the SenML registry; Wh and %EL are registered too (RFC 8798, RFC 8428). */
interface Quantities {
  current?: number | null;
  voltage?: number | null;
  power?: number | null;
  import?: number | null;
  export?: number | null;
  charge?: number | null;
}
const UNITS: Record<keyof Quantities, string> = { current: "A", voltage: "V", power: "W", import: "Wh", export: "Wh", charge: "%EL" };

const thousandth = (value: number | null): number | null => (value === null ? null : value / 1000);

/** Records of one meter at one time, the first with the base name and time. */
function recordsOf(boardId: string, meter: number, utcMs: number, quantities: Quantities): SenmlRecord[] {
  const records: SenmlRecord[] = [];
  for (const [name, v] of Object.entries(quantities) as [keyof Quantities, number | null][]) {
    // A gap is no record: SenML has no null.
    if (v === null) continue;
    const base = records.length === 0 ? { bn: meterName(boardId, meter), bt: seconds(utcMs) } : {};
    records.push({ ...base, n: name, u: UNITS[name], v });
  }
  return records;
}

/** A reading without a known time has no place in a pack. */
export function readingsToSenml(readings: readonly Reading[]): SenmlRecord[] {
  return readings.flatMap(({ boardId, meter, endUtcMs, currentMa, voltageMv, powerMw, importMwh, exportMwh, chargePermille }) =>
    endUtcMs === null
      ? []
      : recordsOf(boardId, meter, endUtcMs, {
          current: thousandth(currentMa),
          voltage: thousandth(voltageMv),
          power: thousandth(powerMw),
          import: thousandth(importMwh),
          export: thousandth(exportMwh),
          charge: chargePermille === null ? null : chargePermille / 10,
        }),
  );
}

/** Means and energy of each step, at its end. */
export function seriesToSenml(boardId: string, meter: number, points: readonly SeriesPoint[]): SenmlRecord[] {
  return points
    .filter(({ coveredMs }) => coveredMs > 0)
    .flatMap(({ endUtcMs, powerMw, voltageMv, importMwh, exportMwh, chargePermille }) =>
      recordsOf(boardId, meter, endUtcMs, {
        power: thousandth(powerMw),
        voltage: thousandth(voltageMv),
        import: thousandth(importMwh),
        export: thousandth(exportMwh),
        charge: chargePermille === null ? null : chargePermille / 10,
      }),
    );
}

/** The pack as it goes into CBOR: maps with the registered labels. */
export function labelled(records: readonly SenmlRecord[]): Map<number, string | number>[] {
  return records.map(
    (record) => new Map(Object.entries(record).map(([name, value]) => [LABELS[name as keyof SenmlRecord], value as string | number])),
  );
}
