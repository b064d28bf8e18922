/**
 * Rollups as charts and bills read them.
 * @module
 */
import type { Database } from "better-sqlite3";
import { createCalendar } from "../calendar.ts";
import type { Calendar, CalendarUnit } from "../calendar.ts";
import { MAX_BINS } from "../history.ts";
import type { EnergyQuery, EnergyTable, MeterKey, MeterSeries, Resolution, Series, SeriesQuery } from "../history.ts";
import { RESOLUTIONS, emptyBin, mergeBin } from "../rollup.ts";
import type { Bin } from "../rollup.ts";
import { BIN_COLUMNS } from "./rollups.ts";
import type { BinRow } from "./rollups.ts";
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

const known = (bin: Bin, value: number): number | null => (bin.coveredMs + bin.estimatedMs + bin.estimatedMwh > 0 ? value : null);
const mean = (sum: number, count: number): number | null => (count === 0 ? null : Math.round(sum / count));

function energyOf(meter: MeterKey, bins: Bin[], edges: number[]) {
  return {
    boardId: meter.boardId,
    meter: meter.meter,
    importMwh: bins.map((bin) => known(bin, bin.importMwh)),
    exportMwh: bins.map((bin) => known(bin, bin.exportMwh)),
    estimatedMwh: bins.map((bin) => bin.estimatedMwh),
    // A clock that was set back measures the same time twice.
    coveredMs: bins.map((bin, index) => Math.min(bin.coveredMs, (edges[index + 1] ?? 0) - (edges[index] ?? 0))),
  };
}

function seriesOf(meter: MeterKey, bins: Bin[], edges: number[]): MeterSeries {
  return {
    ...energyOf(meter, bins, edges),
    powerMw: bins.map((bin) => mean(bin.powerSumMw, bin.readings)),
    minPowerMw: bins.map((bin) => bin.minPowerMw),
    maxPowerMw: bins.map((bin) => bin.maxPowerMw),
    voltageMv: bins.map((bin) => mean(bin.voltageSumMv, bin.readings)),
    chargePermille: bins.map((bin) => bin.chargePermille),
    readings: bins.map((bin) => bin.readings),
  };
}

export function createCharts({ database, calendar, minutesFromUtcMs }: ChartOptions) {
  const select = database.prepare<[number, number, number, number, number], BinRow>(
    `SELECT ${BIN_COLUMNS} FROM rollup WHERE board = ? AND meter = ? AND resolution = ? AND start_utc_ms >= ? AND start_utc_ms < ?
     ORDER BY start_utc_ms`,
  );

  /** A meter's bins between the edges, each added to the step that contains it; empty ones too. */
  function binsOf({ boardId, meter }: MeterKey, resolution: Resolution, edges: number[]): Bin[] {
    const bins = edges.slice(1).map(emptyBin);
    let index = 0;
    for (const row of select.all(boardNumber(boardId), meter, RESOLUTIONS.indexOf(resolution), edges[0] ?? 0, edges.at(-1) ?? 0)) {
      while (row.startUtcMs >= (edges[index + 1] ?? Infinity)) index++;
      const bin = bins[index];
      if (bin !== undefined) mergeBin(bin, row);
    }
    return bins;
  }

  return {
    series(query: SeriesQuery): Series {
      checkTimes(query);
      const { fromUtcMs, toUtcMs } = query;
      const resolution = query.resolution === "minute" && fromUtcMs < minutesFromUtcMs() ? "quarter" : query.resolution;
      const edges = edgesOf(calendar(), resolution, fromUtcMs, toUtcMs);
      const meters = query.meters.map((meter) => seriesOf(meter, binsOf(meter, resolution, edges), edges));
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
        meters: query.meters.map((meter) => energyOf(meter, binsOf(meter, resolution, edges), edges)),
      };
    },
  };
}
