/**
 * The ExternalStore in SQLite.
 * @module
 */
import type Database from "better-sqlite3";
import type { ExternalInterval, ExternalOutcome, ExternalSeries, ExternalStore, ExternalSummary } from "../external.ts";
import type { Synchronous } from "./synchronous.ts";

const INTERVAL_COLUMNS = "start_utc_ms AS startUtcMs, end_utc_ms AS endUtcMs, energy_mwh AS energyMwh";

export function createExternalStore(database: Database.Database): Synchronous<ExternalStore> {
  const upsertSeries = database.prepare(
    `INSERT INTO external_series (series_id, origin, kind, name) VALUES (:seriesId, :origin, :kind, :name)
     ON CONFLICT (series_id) DO UPDATE SET name = excluded.name WHERE origin = excluded.origin AND kind = excluded.kind`,
  );
  const selectSummaries = database.prepare<[], ExternalSummary>(
    `SELECT series_id AS seriesId, origin, kind, name, count(start_utc_ms) AS intervals, coalesce(sum(energy_mwh), 0) AS energyMwh,
       min(start_utc_ms) AS fromUtcMs, max(end_utc_ms) AS toUtcMs
     FROM external_series LEFT JOIN external_energy USING (series) GROUP BY series ORDER BY origin, name, series_id`,
  );
  const selectSeries = database.prepare<[string], number>("SELECT series FROM external_series WHERE series_id = ?").pluck();
  // Intervals of a series do not overlap: the last one that begins before another's end is the only one that can reach into it.
  const selectBefore = database.prepare<[number, number], ExternalInterval>(
    `SELECT ${INTERVAL_COLUMNS} FROM external_energy WHERE series = ? AND start_utc_ms < ? ORDER BY start_utc_ms DESC LIMIT 1`,
  );
  const insertInterval = database.prepare("INSERT INTO external_energy VALUES (?, ?, ?, ?)");
  const selectIntervals = database.prepare<[{ series: number; fromUtcMs: number; toUtcMs: number; limit: number }], ExternalInterval>(
    `SELECT ${INTERVAL_COLUMNS} FROM external_energy WHERE series = :series AND start_utc_ms < :toUtcMs AND start_utc_ms >= coalesce(
       (SELECT max(start_utc_ms) FROM external_energy WHERE series = :series AND start_utc_ms <= :fromUtcMs), :fromUtcMs)
     AND end_utc_ms > :fromUtcMs ORDER BY start_utc_ms LIMIT :limit`,
  );
  const deleteIntervals = database.prepare("DELETE FROM external_energy WHERE series = ?");
  const deleteSeries = database.prepare("DELETE FROM external_series WHERE series = ?");
  const selectNumber = database.prepare<[string, string], number>("SELECT number FROM external_number WHERE space = ? AND name = ?").pluck();
  const insertNumber = database
    .prepare<[{ space: string; name: string }], number>(
      `INSERT INTO external_number SELECT :space, 1 + coalesce(max(number), 0), :name FROM external_number WHERE space = :space
       RETURNING number`,
    )
    .pluck();

  function seriesOf(seriesId: string): number {
    const series = selectSeries.get(seriesId);
    if (series === undefined) throw new Error(`store: there is no external series "${seriesId}": add it first`);
    return series;
  }

  function addOne(series: number, { startUtcMs, endUtcMs, energyMwh }: ExternalInterval): ExternalOutcome {
    const before = selectBefore.get(series, endUtcMs);
    if (before !== undefined && before.endUtcMs > startUtcMs) {
      const isSame = before.startUtcMs === startUtcMs && before.endUtcMs === endUtcMs && before.energyMwh === energyMwh;
      return isSame ? "duplicate" : "overlapping";
    }
    insertInterval.run(series, startUtcMs, endUtcMs, energyMwh);
    return "stored";
  }

  const addAll = database.transaction((seriesId: string, intervals: ExternalInterval[]): ExternalOutcome[] => {
    const series = seriesOf(seriesId);
    return intervals.map((interval) => addOne(series, interval));
  });

  const deleteAll = database.transaction((series: number): void => {
    deleteIntervals.run(series);
    deleteSeries.run(series);
  });

  function numberOf(space: string, name: string): number {
    const number = selectNumber.get(space, name) ?? insertNumber.get({ space, name });
    if (number === undefined) throw new Error(`store: "${name}" was given no number`);
    return number;
  }

  const numberAll = database.transaction((space: string, names: string[]): number[] => names.map((name) => numberOf(space, name)));

  return {
    putExternalSeries(series: ExternalSeries) {
      if (upsertSeries.run(series).changes === 0)
        throw new Error(`store: external series "${series.seriesId}" is there with another origin or kind: choose another id`);
    },
    externalSeries: () => selectSummaries.all(),
    addExternal: (seriesId, intervals) => addAll.immediate(seriesId, intervals),
    externalIntervals: ({ seriesId, ...bounds }) => selectIntervals.all({ series: seriesOf(seriesId), ...bounds }),
    deleteExternalSeries(seriesId) {
      const series = selectSeries.get(seriesId);
      if (series !== undefined) deleteAll.immediate(series);
      return series !== undefined;
    },
    externalNumbers: (space, keys) => numberAll.immediate(space, keys),
  };
}
