/**
 * Rollups as charts and bills read them.
 * @module
 */
import type { Database } from "better-sqlite3";
import { createCalendar } from "../calendar.ts";
import type { Calendar, CalendarUnit } from "../calendar.ts";
import { MAX_BINS } from "../history.ts";
import type { EnergyQuery, EnergyTable, MeterEnergy, MeterKey, MeterSeries, Resolution, Series, SeriesQuery } from "../history.ts";
import { RESOLUTIONS } from "../rollup.ts";
import { boardNumber } from "./rows.ts";

export interface ChartOptions {
  database: Database;
  calendar: () => Calendar;
  minutesFromUtcMs: () => number;
}

/** Edges of all units that overlap a time. Throws when they are too many. */
function edgesOf(calendar: Calendar, unit: CalendarUnit, fromUtcMs: number, toUtcMs: number): number[] {
  const edges = [calendar.start(unit, fromUtcMs)];
  for (let last = edges[0] ?? 0; last < toUtcMs; edges.push(last)) {
    if (edges.length > MAX_BINS) throw new Error(`store: more than ${MAX_BINS} steps of a ${unit}: ask for less time, or longer steps`);
    last = calendar.next(unit, last);
  }
  return edges;
}

function checkTimes({ fromUtcMs, toUtcMs }: { fromUtcMs: number; toUtcMs: number }): void {
  if (fromUtcMs >= 0 && fromUtcMs < toUtcMs && toUtcMs <= 8.64e15) return;
  throw new Error(`store: from ${fromUtcMs} to ${toUtcMs} is no time; UTC ms are expected, the first before the second`);
}

/** Columns of a bin as `select` lists them: rows as arrays, since naming thousands of them takes longer than reading them. */
type Row = [
  startUtcMs: number,
  importMwh: number,
  exportMwh: number,
  estimatedMwh: number,
  coveredMs: number,
  estimatedMs: number,
  readings: number,
  powerSumMw: number,
  minPowerMw: number | null,
  maxPowerMw: number | null,
  voltageSumMv: number,
  chargePermille: number | null,
];

function emptyEnergy({ boardId, meter }: MeterKey, bins: number): MeterEnergy {
  const nothing = (): null[] => Array.from({ length: bins }, () => null);
  const zero = (): number[] => Array.from({ length: bins }, () => 0);
  return { boardId, meter, importMwh: nothing(), exportMwh: nothing(), estimatedMwh: zero(), coveredMs: zero() };
}

/** Adds a row's energy and time to a bin; a row of which nothing is known adds nothing. */
function addEnergy(into: MeterEnergy, bin: number, lengthMs: number, row: Row): void {
  const [, importMwh, exportMwh, estimatedMwh, coveredMs, estimatedMs] = row;
  if (coveredMs + estimatedMs + estimatedMwh <= 0) return;
  into.importMwh[bin] = (into.importMwh[bin] ?? 0) + importMwh;
  into.exportMwh[bin] = (into.exportMwh[bin] ?? 0) + exportMwh;
  into.estimatedMwh[bin] = (into.estimatedMwh[bin] ?? 0) + estimatedMwh;
  // A clock that was set back measures the same time twice.
  into.coveredMs[bin] = Math.min(lengthMs, (into.coveredMs[bin] ?? 0) + coveredMs);
}

export function createCharts({ database, calendar, minutesFromUtcMs }: ChartOptions) {
  const select = database
    .prepare<[number, number, number, number, number], Row>(
      `SELECT start_utc_ms, import_mwh, export_mwh, estimated_mwh, covered_ms, estimated_ms, readings, power_sum_mw, min_power_mw,
         max_power_mw, voltage_sum_mv, charge_permille FROM rollup
       WHERE board = ? AND meter = ? AND resolution = ? AND start_utc_ms >= ? AND start_utc_ms < ? ORDER BY start_utc_ms`,
    )
    .raw();

  /** Calls `add` with each of a meter's rows between the edges, the step that contains it, and that step's length. */
  function eachRow(
    { boardId, meter }: MeterKey,
    resolution: Resolution,
    edges: number[],
    add: (bin: number, lengthMs: number, row: Row) => void,
  ): void {
    let bin = 0;
    for (const row of select.all(boardNumber(boardId), meter, RESOLUTIONS.indexOf(resolution), edges[0] ?? 0, edges.at(-1) ?? 0)) {
      while (row[0] >= (edges[bin + 1] ?? Infinity)) bin++;
      add(bin, (edges[bin + 1] ?? 0) - (edges[bin] ?? 0), row);
    }
  }

  function seriesOf(meter: MeterKey, resolution: Resolution, edges: number[]): MeterSeries {
    const bins = edges.length - 1;
    const nothing = (): (number | null)[] => Array.from({ length: bins }, () => null);
    const series: MeterSeries = {
      ...emptyEnergy(meter, bins),
      powerMw: nothing(),
      minPowerMw: nothing(),
      maxPowerMw: nothing(),
      voltageMv: nothing(),
      chargePermille: nothing(),
      readings: Array.from({ length: bins }, () => 0),
    };
    eachRow(meter, resolution, edges, (bin, lengthMs, row) => {
      addEnergy(series, bin, lengthMs, row);
      const [, , , , , , readings, powerSumMw, minPowerMw, maxPowerMw, voltageSumMv, chargePermille] = row;
      if (readings === 0) return;
      series.readings[bin] = readings;
      series.powerMw[bin] = Math.round(powerSumMw / readings);
      series.minPowerMw[bin] = minPowerMw;
      series.maxPowerMw[bin] = maxPowerMw;
      series.voltageMv[bin] = Math.round(voltageSumMv / readings);
      series.chargePermille[bin] = chargePermille;
    });
    return series;
  }

  function energyOf(meter: MeterKey, resolution: Resolution, edges: number[]): MeterEnergy {
    const energy = emptyEnergy(meter, edges.length - 1);
    eachRow(meter, resolution, edges, (bin, lengthMs, row) => addEnergy(energy, bin, lengthMs, row));
    return energy;
  }

  return {
    series(query: SeriesQuery): Series {
      checkTimes(query);
      const { fromUtcMs, toUtcMs } = query;
      const resolution = query.resolution === "minute" && fromUtcMs < minutesFromUtcMs() ? "quarter" : query.resolution;
      const edges = edgesOf(calendar(), resolution, fromUtcMs, toUtcMs);
      const meters = query.meters.map((meter) => seriesOf(meter, resolution, edges));
      return { resolution, timeZone: calendar().timeZone, edgesUtcMs: edges, meters };
    },

    energy(query: EnergyQuery): EnergyTable {
      checkTimes(query);
      const own = calendar();
      const zone = query.timeZone === undefined || query.timeZone === own.timeZone ? own : createCalendar(query.timeZone);
      const edges = edgesOf(zone, query.by, query.fromUtcMs, query.toUtcMs);
      // Weeks and longer periods begin with a day, but only with one of the same zone.
      const resolution = zone === own ? "day" : "quarter";
      return {
        by: query.by,
        timeZone: zone.timeZone,
        edgesUtcMs: edges,
        dates: edges.slice(0, -1).map((edge) => zone.date(edge)),
        meters: query.meters.map((meter) => energyOf(meter, resolution, edges)),
      };
    },
  };
}
