/**
 * Meters as sensors: their numbers, their newest and older measures, their energy.
 * @module
 */
import { METER_KINDS } from "#contracts/meter-id.ts";
import type { MeterKind } from "#contracts/meter-id.ts";
import { MAX_BINS } from "#gateway/store/history.ts";
import type { Store, StoredReading } from "#gateway/store/store.ts";
import type { Interval } from "#gateway/tariffs/cost.ts";

export interface Sensor {
  /** Stays with its meter for ever. */
  id: number;
  boardId: string;
  meter: number;
  name: string;
  kind: MeterKind;
}

/** A measure, before the rate of its time is known. `id` is its second, since CitizenWatt's grow with time and have holes too. */
export interface Measure {
  id: number;
  sensorId: number;
  watts: number;
}

/** Energy within some time, and the mean power where readings cover it. */
export interface Measured extends Interval {
  /** Null in a gap. */
  watts: number | null;
}

/** Most measures that one answer has. */
export const MOST_MEASURES = 50_000;
const PAGE = 1000;
const FIRST_WINDOW_MS = 60_000;
/** What is older than two years is not the newest. */
const LAST_WINDOW_MS = 2 * 366 * 24 * 3_600_000;
const SHORT_MS = 6 * 3_600_000;
const MINUTE_MS = 60_000;
/** Two readings further apart than this have a gap between them, as in the store's rollups. */
const MAX_GAP_MS = 120_000;

export const typeIdOf = (kind: MeterKind): number => METER_KINDS.indexOf(kind) + 1;
/** What generates shows what it gives as positive; all others show what they draw. */
const signOf = ({ kind }: Sensor): number => (kind === "generation" ? -1 : 1);

const wattsOf = (sensor: Sensor, { currentMa, voltageMv }: StoredReading): number => (signOf(sensor) * currentMa * voltageMv) / 1_000_000;

/** A sensor's energy: what it shows as positive less what it shows as negative, kWh. */
export const kwhOf = (sensor: Sensor, { importMwh, exportMwh }: Pick<Interval, "importMwh" | "exportMwh">): number =>
  (signOf(sensor) * (importMwh - exportMwh)) / 1_000_000;
/** The same in money, of the import's and the export's price. */
export const moneyOf = (sensor: Sensor, { importPico, exportPico }: { importPico: bigint; exportPico: bigint }): number =>
  (signOf(sensor) * Number(importPico - exportPico)) / 1e12;

export function createSensors(store: Store) {
  async function list(): Promise<Sensor[]> {
    const meters = (await store.boards()).flatMap(({ boardId, meters: own }) => own.map((meter) => ({ boardId, ...meter })));
    const ids = await store.externalNumbers("citizenwatt-sensor", meters.map(({ boardId, meter }) => `${boardId}/${meter}`));
    return meters.map(({ boardId, meter, name, kind }, place) => ({ id: ids[place] ?? 0, boardId, meter, name, kind })).sort((a, b) => a.id - b.id);
  }

  /** Readings that end from `fromUtcMs` up to `toUtcMs`; MOST_MEASURES at most, the oldest. */
  async function readings({ boardId, meter }: Sensor, fromUtcMs: number, toUtcMs: number): Promise<StoredReading[]> {
    const found: StoredReading[] = [];
    for (;;) {
      const last = found.at(-1);
      const after = last === undefined ? {} : { after: { endUtcMs: last.endUtcMs ?? 0, key: last } };
      const page = await store.readings({ boardId, meter, fromUtcMs, toUtcMs, ...after, limit: PAGE });
      found.push(...page);
      if (page.length < PAGE || found.length >= MOST_MEASURES) return found;
    }
  }

  /** Ascending; of several within one second the last one stands. */
  function measuresOf(sensor: Sensor, found: readonly StoredReading[]): Measure[] {
    const bySecond = new Map<number, Measure>();
    for (const reading of found) {
      const id = Math.floor((reading.endUtcMs ?? 0) / 1000);
      bySecond.set(id, { id, sensorId: sensor.id, watts: wattsOf(sensor, reading) });
    }
    return [...bySecond.values()];
  }

  return {
    list,
    find: async (id: number): Promise<Sensor | undefined> => (await list()).find((sensor) => sensor.id === id),

    /** By time or id, in seconds: `from` is within, `to` is not. */
    async measures(sensor: Sensor, from: number, to: number): Promise<Measure[]> {
      return measuresOf(sensor, await readings(sensor, from * 1000, to * 1000));
    },

    /** The newest ones, ascending; fewer when there are fewer. */
    async newest(sensor: Sensor, count: number): Promise<Measure[]> {
      const { boardId, meter } = sensor;
      const latest = (await store.latest()).readings.find((one) => one.boardId === boardId && one.meter === meter);
      if (latest?.endUtcMs === undefined || latest.endUtcMs === null) return [];
      if (count === 1) return measuresOf(sensor, [latest]);
      const toUtcMs = latest.endUtcMs + 1;
      for (let windowMs = FIRST_WINDOW_MS; ; windowMs *= 2) {
        const found = measuresOf(sensor, await readings(sensor, Math.max(0, toUtcMs - windowMs), toUtcMs));
        if (found.length >= count || windowMs > LAST_WINDOW_MS) return found.slice(-count);
      }
    },

    /**
     * What was measured within a time, in order: by readings for some hours, by the minute for a month, by the quarter-hour beyond. It may
     * begin before and end behind; energy over a gap is there with unknown power.
     */
    async measured(sensor: Sensor, fromUtcMs: number, toUtcMs: number): Promise<Measured[]> {
      const { boardId, meter } = sensor;
      if (toUtcMs - fromUtcMs <= SHORT_MS) {
        const found = await readings(sensor, Math.max(0, fromUtcMs - MAX_GAP_MS), toUtcMs + MAX_GAP_MS);
        return found.slice(1).flatMap((reading, place) => {
          const before = found[place];
          const [startUtcMs, endUtcMs] = [before?.endUtcMs ?? 0, reading.endUtcMs ?? 0];
          if (before === undefined || endUtcMs <= startUtcMs) return [];
          const watts = endUtcMs - startUtcMs > MAX_GAP_MS ? null : wattsOf(sensor, reading);
          // A counter that runs backwards is a fault of the board's, and no energy.
          const step = (name: "importMwh" | "exportMwh"): number => Math.max(0, reading[name] - before[name]);
          return [{ startUtcMs, endUtcMs, importMwh: step("importMwh"), exportMwh: step("exportMwh"), watts }];
        });
      }
      const resolution = (toUtcMs - fromUtcMs) / MINUTE_MS < MAX_BINS - 2 ? "minute" : "quarter";
      const { edgesUtcMs, meters } = await store.series({ meters: [{ boardId, meter }], fromUtcMs, toUtcMs, resolution });
      const [series] = meters;
      return edgesUtcMs.slice(0, -1).flatMap((startUtcMs, bin) => {
        const [importMwh, exportMwh] = [series?.importMwh[bin] ?? null, series?.exportMwh[bin] ?? null];
        if (importMwh === null || exportMwh === null) return [];
        const powerMw = series?.powerMw[bin] ?? null;
        const watts = powerMw === null ? null : (signOf(sensor) * powerMw) / 1000;
        return [{ startUtcMs, endUtcMs: edgesUtcMs[bin + 1] ?? startUtcMs, importMwh, exportMwh, watts }];
      });
    },
  };
}
export type Sensors = ReturnType<typeof createSensors>;
