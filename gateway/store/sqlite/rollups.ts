/**
 * Rollups as rows: kept in the transaction that stores the readings, so that the two never disagree.
 * @module
 */
import type { Database } from "better-sqlite3";
import type { Reading } from "#firmware/wire/records.ts";
import type { Calendar } from "../calendar.ts";
import { RESOLUTIONS, addInterval, addReading, compareKeys, emptyBins, isPlaced } from "../rollup.ts";
import type { Bin, Bins, MeterPoint } from "../rollup.ts";
import type { StoredReading } from "../store.ts";
import type { Readings } from "./readings.ts";
import { boardNumber } from "./rows.ts";

/** A meter on its board, both as numbers. */
interface MeterRow {
  board: number;
  meter: number;
}

/** The newest reading of a meter that was rolled up, and the number of its first one. */
interface HeadRow extends MeterRow, Pick<MeterPoint, "boot" | "sequence" | "endUtcMs" | "importMwh" | "exportMwh"> {
  firstBoot: number;
  firstSequence: number;
}

export interface BinRow extends MeterRow, Bin {
  resolution: number;
  startUtcMs: number;
}

export const BIN_COLUMNS = `board, meter, resolution, start_utc_ms AS startUtcMs, import_mwh AS importMwh, export_mwh AS exportMwh,
  estimated_mwh AS estimatedMwh, covered_ms AS coveredMs, estimated_ms AS estimatedMs, readings, power_sum_mw AS powerSumMw,
  min_power_mw AS minPowerMw, max_power_mw AS maxPowerMw, voltage_sum_mv AS voltageSumMv, charge_utc_ms AS chargeUtcMs,
  charge_permille AS chargePermille`;

const POINT_COLUMNS = "boot, sequence, end_utc_ms AS endUtcMs, import_mwh AS importMwh, export_mwh AS exportMwh";

/** What a neighbour's part in a pair does not look at. */
const UNSEEN = { flags: 0, currentMa: 0, minCurrentMa: 0, maxCurrentMa: 0, voltageMv: 0, chargePermille: null };

export interface RollupOptions {
  database: Database;
  readings: Readings;
  calendar: () => Calendar;
  /** Minutes before it are not kept. */
  minutesFromUtcMs: () => number;
}

/** A reading as its meter's rollups see it. */
export function pointOf(reading: Reading, { boot, sequence }: Pick<MeterPoint, "boot" | "sequence">, endUtcMs: number): MeterPoint {
  const { importMwh, exportMwh, flags, currentMa, minCurrentMa, maxCurrentMa, voltageMv, chargePermille = null } = reading;
  return { boot, sequence, endUtcMs, importMwh, exportMwh, flags, currentMa, minCurrentMa, maxCurrentMa, voltageMv, chargePermille };
}

export function createRollups({ database, readings, calendar, minutesFromUtcMs }: RollupOptions) {
  const isLater = "charge_utc_ms IS NULL OR (excluded.charge_utc_ms, excluded.charge_permille) > (charge_utc_ms, charge_permille)";
  // mergeBin in SQL: one statement where reading and writing would take two. By position: binding by name costs as much as storing.
  const merge = database.prepare(
    `INSERT INTO rollup VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET import_mwh = import_mwh + excluded.import_mwh, export_mwh = export_mwh + excluded.export_mwh,
       estimated_mwh = estimated_mwh + excluded.estimated_mwh, covered_ms = covered_ms + excluded.covered_ms,
       estimated_ms = estimated_ms + excluded.estimated_ms, readings = readings + excluded.readings,
       power_sum_mw = power_sum_mw + excluded.power_sum_mw, voltage_sum_mv = voltage_sum_mv + excluded.voltage_sum_mv,
       min_power_mw = min(ifnull(min_power_mw, excluded.min_power_mw), ifnull(excluded.min_power_mw, min_power_mw)),
       max_power_mw = max(ifnull(max_power_mw, excluded.max_power_mw), ifnull(excluded.max_power_mw, max_power_mw)),
       charge_utc_ms = iif(${isLater}, excluded.charge_utc_ms, charge_utc_ms),
       charge_permille = iif(${isLater}, excluded.charge_permille, charge_permille)`,
  );
  const selectHead = database.prepare<[number, number], HeadRow>(
    `SELECT board, meter, first_boot AS firstBoot, first_sequence AS firstSequence, ${POINT_COLUMNS} FROM rolled_up
     WHERE board = ? AND meter = ?`,
  );
  const setHead = database.prepare(
    "INSERT OR REPLACE INTO rolled_up VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const selectDropped = database.prepare<[number, number], Omit<MeterPoint, keyof typeof UNSEEN>>(
    `SELECT ${POINT_COLUMNS} FROM dropped_meter WHERE board = ? AND meter = ?`,
  );

  function save({ board, meter }: MeterRow, bins: Bins): void {
    for (const [index, resolution] of RESOLUTIONS.entries()) {
      for (const [startUtcMs, bin] of bins[resolution]) {
        const { importMwh, exportMwh, estimatedMwh, coveredMs, estimatedMs, readings: count, powerSumMw } = bin;
        const { minPowerMw, maxPowerMw, voltageSumMv, chargeUtcMs, chargePermille } = bin;
        merge.run(
          board,
          meter,
          index,
          startUtcMs,
          importMwh,
          exportMwh,
          estimatedMwh,
          coveredMs,
          estimatedMs,
          count,
          powerSumMw,
          minPowerMw,
          maxPowerMw,
          voltageSumMv,
          chargeUtcMs,
          chargePermille,
        );
      }
    }
  }

  function stored(meter: MeterRow, key: MeterPoint, step: -1 | 1): MeterPoint | null {
    const row = readings.neighbour({ board: meter.board, ...key }, meter.meter, step);
    if (row !== null && isPlaced(row.endUtcMs)) return { ...row, endUtcMs: row.endUtcMs };
    const dropped = step === -1 ? selectDropped.get(meter.board, meter.meter) : undefined;
    return dropped === undefined ? null : { ...dropped, ...UNSEEN };
  }

  /** Adds one meter's new readings, ordered by number. They are stored already; those rolled up before are all others. */
  function rollUpMeter(meter: MeterRow, points: readonly MeterPoint[]): void {
    const bins = emptyBins();
    const zone = calendar();
    const minutesFrom = minutesFromUtcMs();
    const head = selectHead.get(meter.board, meter.meter);
    const first = points[0];
    const last = points.at(-1);
    if (first === undefined || last === undefined) return;
    const add = (before: MeterPoint | null, after: MeterPoint | null, sign: 1 | -1): void => {
      if (before !== null && after !== null) addInterval(bins, zone, before, after, sign, minutesFrom);
    };
    const isNewest = (point: MeterPoint): boolean => head === undefined || compareKeys(point, head) > 0;
    const isFirst = (point: MeterPoint): boolean =>
      head === undefined || compareKeys(point, { boot: head.firstBoot, sequence: head.firstSequence }) < 0;
    /** The reading that comes before the next point, once that is known. */
    let before: MeterPoint | null | undefined;
    /** The last reading before the run of new ones that the point belongs to. */
    let anchor: MeterPoint | null = null;
    for (const [index, point] of points.entries()) {
      addReading(bins, zone, point, minutesFrom);
      if (before === undefined) {
        // The newest reading of all is at hand; any other has to be looked for, unless there is none.
        before = isNewest(point) ? (head === undefined ? null : { ...head, ...UNSEEN }) : isFirst(point) ? null : stored(meter, point, -1);
        anchor = before;
      }
      add(before, point, 1);
      before = point;
      if (isNewest(point)) continue;
      const after = stored(meter, point, 1);
      const following = points[index + 1];
      if (following !== undefined && (after === null || compareKeys(following, after) <= 0)) continue;
      add(anchor, after, -1);
      add(point, after, 1);
      before = undefined;
    }
    save(meter, bins);
    const newest = isNewest(last) ? last : (head ?? last);
    const oldest = isFirst(first) ? first : { boot: head?.firstBoot ?? 0, sequence: head?.firstSequence ?? 0 };
    const { boot, sequence, endUtcMs, importMwh, exportMwh } = newest;
    setHead.run(meter.board, meter.meter, oldest.boot, oldest.sequence, boot, sequence, endUtcMs, importMwh, exportMwh);
  }

  return {
    /** Adds points of one board by meter: of readings that were stored just now, in the same transaction and each once. */
    rollUpBoard(board: number, meters: ReadonlyMap<number, MeterPoint[]>): void {
      for (const [meter, points] of meters) rollUpMeter({ board, meter }, points.sort(compareKeys));
    },

    /**
     * Adds readings that were stored just now, in the same transaction and each once. Those without a known time add nothing: their
     * energy is in the counters of the readings around them.
     */
    rollUp(added: readonly StoredReading[]): void {
      const meters = new Map<string, { meter: MeterRow; points: MeterPoint[] }>();
      for (const reading of added) {
        const { boardId, meter, endUtcMs } = reading;
        if (!isPlaced(endUtcMs)) continue;
        const key = `${boardId} ${meter}`;
        const group = meters.get(key) ?? { meter: { board: boardNumber(boardId), meter }, points: [] };
        meters.set(key, group);
        group.points.push(pointOf(reading, reading, endUtcMs));
      }
      for (const { meter, points } of meters.values()) rollUpMeter(meter, points.sort(compareKeys));
    },

    /** Writes bins that were made some other way; see `rebuild.ts`. */
    save,
  };
}

export type Rollups = ReturnType<typeof createRollups>;
