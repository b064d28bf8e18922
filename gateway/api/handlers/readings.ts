/**
 * Handlers: readings, series and events.
 * @module
 */
import { KeyLocked } from "#gateway/ledger/status.ts";
import type { MeterSeries, Series } from "#gateway/store/history.ts";
import { eventCursor, eventPlace, readingCursor, readingPlace } from "../cursor.ts";
import { prepare } from "../formats/answer.ts";
import type { Prepared, Tabular } from "../formats/answer.ts";
import { readingsToSenml, seriesToSenml } from "../formats/senml.ts";
import type { Mount } from "../mount.ts";
import { presentEvent, presentReading, recordKeyOf } from "../present.ts";
import { ProblemError } from "../problem.ts";
import * as routes from "../routes/readings.ts";
import { DEFAULT_LIMIT } from "../schemas/fields.ts";
import { reading as readingSchema } from "../schemas/records.ts";
import type { Reading } from "../schemas/records.ts";
import { seriesPoint } from "../schemas/series.ts";
import type { SeriesPoint } from "../schemas/series.ts";
import { admittedBoard, given, missing, pageOf, refuseTooLong } from "./parts.ts";
import type { Parts } from "./parts.ts";

const READINGS_TABLE: Tabular<{ items: Reading[] }> = {
  columns: Object.keys(readingSchema.shape),
  rows: ({ items }) => items,
  senml: ({ items }) => readingsToSenml(items),
};

const SERIES_TABLE: Tabular<{ boardId: string; meter: number; items: SeriesPoint[] }> = {
  columns: Object.keys(seriesPoint.shape),
  rows: ({ items }) => items,
  senml: ({ boardId, meter, items }) => seriesToSenml(boardId, meter, items),
};

/** One point per bin. */
function pointsOf({ edgesUtcMs }: Series, meter: MeterSeries): SeriesPoint[] {
  return edgesUtcMs.slice(0, -1).map((startUtcMs, bin) => ({
    startUtcMs,
    endUtcMs: edgesUtcMs[bin + 1] ?? startUtcMs,
    coveredMs: meter.coveredMs[bin] ?? 0,
    powerMw: meter.powerMw[bin] ?? null,
    minPowerMw: meter.minPowerMw[bin] ?? null,
    maxPowerMw: meter.maxPowerMw[bin] ?? null,
    voltageMv: meter.voltageMv[bin] ?? null,
    importMwh: meter.importMwh[bin] ?? null,
    exportMwh: meter.exportMwh[bin] ?? null,
    estimatedMwh: meter.estimatedMwh[bin] ?? 0,
    chargePermille: meter.chargePermille[bin] ?? null,
  }));
}

/** The newest readings with their JSON text, made anew only when something was stored since. */
function createLatest({ store, live }: Parts): () => Promise<Prepared<{ items: Reading[] }>> {
  let made: { position: number; prepared: Promise<Prepared<{ items: Reading[] }>> } | undefined;
  return function latest() {
    // Before the store is asked: what is stored meanwhile moves the position, so that the next request asks again.
    const position = live.end();
    if (made?.position === position) return made.prepared;
    const prepared = store.latest().then(({ readings }) => prepare({ items: readings.map(presentReading) }));
    made = { position, prepared };
    prepared.catch(() => (made = undefined));
    return prepared;
  };
}

export function mountReadings(mount: Mount, parts: Parts): void {
  const { store, ledger } = parts;

  async function storedReading(readingId: string) {
    const key = recordKeyOf(readingId);
    const reading = await store.reading(key);
    if (reading === null) throw missing(`reading ${readingId}`);
    return { key, reading };
  }

  mount.read(
    routes.readingsRoute,
    async (c) => {
      const { cursor, limit = DEFAULT_LIMIT, ...bounds } = c.req.valid("query");
      const after = cursor === undefined ? undefined : readingPlace(cursor);
      const found = await store.readings({ ...given({ ...bounds, after }), limit: limit + 1 });
      return pageOf(found, limit, presentReading, (last) => readingCursor({ endUtcMs: last.endUtcMs ?? 0, key: last }));
    },
    READINGS_TABLE,
  );

  const latest = createLatest(parts);
  mount.read(routes.latestRoute, latest, READINGS_TABLE);

  mount.read(routes.readingRoute, async (c) => presentReading((await storedReading(c.req.valid("param").readingId)).reading));

  mount.read(routes.proofRoute, async (c) => {
    const { readingId } = c.req.valid("param");
    const { key } = await storedReading(readingId);
    const proof = await ledger.proof(key).catch((error: unknown) => {
      throw error instanceof KeyLocked ? new ProblemError(503, error.message) : error;
    });
    if (proof === null) throw missing(`batch with reading ${readingId} yet: ask again when its slot is closed`);
    return proof;
  });

  mount.read(
    routes.seriesRoute,
    async (c) => {
      const { boardId, meter, resolution, fromUtcMs, toUtcMs } = c.req.valid("query");
      await admittedBoard(store, boardId);
      if (fromUtcMs >= toUtcMs) throw new ProblemError(400, "fromUtcMs has to be before toUtcMs.");
      const series = await store.series({ meters: [{ boardId, meter }], fromUtcMs, toUtcMs, resolution }).catch(refuseTooLong);
      const [found] = series.meters;
      if (found === undefined) throw missing(`meter ${meter} of board ${boardId}`);
      return { boardId, meter, resolution: series.resolution, timeZone: series.timeZone, items: pointsOf(series, found) };
    },
    SERIES_TABLE,
  );

  mount.read(routes.eventsRoute, async (c) => {
    const { boardId, cursor, limit = DEFAULT_LIMIT } = c.req.valid("query");
    const before = cursor === undefined ? undefined : eventPlace(cursor);
    const found = await store.events({ ...given({ boardId, before }), limit: limit + 1 });
    return pageOf(found, limit, presentEvent, (last) => eventCursor({ utcMs: last.utcMs, key: last }));
  });
}
