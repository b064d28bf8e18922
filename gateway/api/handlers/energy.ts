/**
 * Handlers: energy and money by period.
 * @module
 */
import { meterIdOf } from "#contracts/meter-id.ts";
import type { EnergyTable, MeterKey, Series } from "#gateway/store/history.ts";
import { billOf } from "#gateway/tariffs/bill.ts";
import type { MeterInterval } from "#gateway/tariffs/bill.ts";
import { toMicro } from "#gateway/tariffs/money.ts";
import type { Tariff } from "#gateway/tariffs/tariff.ts";
import { addDays, isDate, isTimeZone, startOfDay } from "#gateway/tariffs/time-zone.ts";
import type { Mount } from "../mount.ts";
import { ProblemError } from "../problem.ts";
import * as routes from "../routes/energy.ts";
import type { Money } from "../schemas/energy.ts";
import { refuseTooLong } from "./parts.ts";
import type { Parts } from "./parts.ts";
import { readTariffs } from "./tariffs.ts";

/** Quarter-hours are read for so long at a time: a leap year. */
const MOST_AT_ONCE_MS = 367 * 24 * 3_600_000;

/** Before it UTC ms are negative in some time zone. */
const FIRST_DAY = "1970-01-02";

interface Bounds {
  period: EnergyTable["by"];
  from: string;
  to: string;
  timeZone?: string | undefined;
}

/** A quarter-hour of a meter, with how much of it is known. */
interface Quarter extends MeterInterval {
  coveredMs: number;
  estimatedMwh: number;
}

/** Bounds in UTC. @throws ProblemError when they are none. */
function boundsOf({ from, to, timeZone: zone }: Bounds, ownTimeZone: string): { fromUtcMs: number; toUtcMs: number; timeZone: string } {
  const timeZone = zone ?? ownTimeZone;
  if (!isTimeZone(timeZone)) throw new ProblemError(400, `${timeZone} is no time zone: expected an IANA name such as Europe/Paris.`);
  for (const date of [from, to]) if (!isDate(date)) throw new ProblemError(400, `There is no day ${date}.`);
  if (from > to) throw new ProblemError(400, `from (${from}) has to be before or on the day of to (${to}).`);
  if (from < FIRST_DAY) throw new ProblemError(400, `from (${from}) has to be ${FIRST_DAY} or later.`);
  return { fromUtcMs: startOfDay(timeZone, from), toUtcMs: startOfDay(timeZone, addDays(to, 1)), timeZone };
}

function quartersOf({ edgesUtcMs, meters }: Series): Quarter[] {
  return meters.flatMap(({ boardId, meter, importMwh, exportMwh, coveredMs, estimatedMwh }) =>
    edgesUtcMs.slice(0, -1).map((startUtcMs, bin) => ({
      meterId: meterIdOf(boardId, meter),
      startUtcMs,
      endUtcMs: edgesUtcMs[bin + 1] ?? startUtcMs,
      importMwh: importMwh[bin] ?? 0,
      exportMwh: exportMwh[bin] ?? 0,
      coveredMs: coveredMs[bin] ?? 0,
      estimatedMwh: estimatedMwh[bin] ?? 0,
    })),
  );
}

interface Span {
  date: string;
  startUtcMs: number;
  endUtcMs: number;
}

function spansOf({ edgesUtcMs, dates }: EnergyTable): Span[] {
  return dates.map((date, place) => ({ date, startUtcMs: edgesUtcMs[place] ?? 0, endUtcMs: edgesUtcMs[place + 1] ?? 0 }));
}

/** Spans in runs that are short enough to be read at once; one that is longer is a run of its own. */
function runsOf(spans: readonly Span[]): Span[][] {
  const runs: Span[][] = [];
  for (const span of spans) {
    const run = runs.at(-1);
    if (run !== undefined && span.endUtcMs - (run[0]?.startUtcMs ?? 0) <= MOST_AT_ONCE_MS) run.push(span);
    else runs.push([span]);
  }
  return runs;
}

const sum = (quarters: readonly Quarter[], field: "importMwh" | "exportMwh" | "coveredMs" | "estimatedMwh"): number =>
  quarters.reduce((total, quarter) => total + quarter[field], 0);

function moneyOf(
  span: Span,
  quarters: readonly Quarter[],
  tariffs: readonly Tariff[],
  loadMeters: readonly string[],
  nowMs: number,
): Money["items"][number] {
  const own = quarters.filter(({ startUtcMs }) => startUtcMs >= span.startUtcMs && startUtcMs < span.endUtcMs);
  const bill = billOf(own, tariffs, { ...span, loadMeters, nowMs });
  return {
    ...span,
    importMwh: sum(bill.billed, "importMwh"),
    exportMwh: sum(bill.billed, "exportMwh"),
    coveredMs: sum(bill.billed, "coveredMs"),
    estimatedMwh: sum(bill.billed, "estimatedMwh"),
    bands: bill.bands.map(({ tariff, band, importMwh, exportMwh, importPico, exportPico }) => ({
      tariffId: tariff.tariffId,
      name: band.name,
      importMwh,
      exportMwh,
      importMicro: toMicro(importPico),
      exportMicro: toMicro(exportPico),
    })),
    fixedMicro: toMicro(bill.fixedPico),
    totalMicro: toMicro(bill.totalPico),
    peakPowerMw: bill.peakPowerMw,
    aboveSubscribedMs: bill.aboveMs,
  };
}

export function mountEnergy(mount: Mount, { store, clock }: Parts): void {
  async function tableOf(query: Bounds, meters: MeterKey[]): Promise<EnergyTable> {
    const bounds = boundsOf(query, (await store.storeSettings()).timeZone);
    return store.energy({ meters, ...bounds, by: query.period }).catch(refuseTooLong);
  }

  mount.read(routes.energyRoute, async (c) => {
    const { boardId, meter, ...query } = c.req.valid("query");
    const all = (await store.boards()).flatMap((board) => board.meters.map((one) => ({ boardId: board.boardId, meter: one.meter })));
    const meters = all.filter((one) => (boardId === undefined || one.boardId === boardId) && (meter === undefined || one.meter === meter));
    const table = await tableOf(query, meters);
    const items = spansOf(table).map((span, place) => ({
      ...span,
      meters: table.meters.map((one) => ({
        meterId: meterIdOf(one.boardId, one.meter),
        boardId: one.boardId,
        meter: one.meter,
        importMwh: one.importMwh[place] ?? null,
        exportMwh: one.exportMwh[place] ?? null,
        coveredMs: one.coveredMs[place] ?? 0,
        estimatedMwh: one.estimatedMwh[place] ?? 0,
      })),
    }));
    return { period: query.period, timeZone: table.timeZone, items };
  });

  mount.read(routes.moneyRoute, async (c) => {
    const query = c.req.valid("query");
    const tariffs = await readTariffs(store);
    const known = (await store.boards()).flatMap(({ boardId, meters }) =>
      meters.map(({ meter, kind }) => ({ boardId, meter, kind, meterId: meterIdOf(boardId, meter) })),
    );
    const loadMeters = known.filter(({ kind }) => kind === "load").map(({ meterId }) => meterId);
    const named = new Set([...loadMeters, ...tariffs.flatMap(({ meters }) => meters)]);
    const billed = known.filter(({ meterId }) => named.has(meterId)).map(({ boardId, meter }) => ({ boardId, meter }));
    const table = await tableOf(query, billed);
    const items: Money["items"] = [];
    for (const run of runsOf(spansOf(table))) {
      const [first, last] = [run[0], run.at(-1)];
      if (first === undefined || last === undefined) continue;
      const series = await store.series({ meters: billed, fromUtcMs: first.startUtcMs, toUtcMs: last.endUtcMs, resolution: "quarter" });
      const quarters = quartersOf(series);
      items.push(...run.map((span) => moneyOf(span, quarters, tariffs, loadMeters, clock.nowMs())));
    }
    return { period: query.period, timeZone: table.timeZone, currency: tariffs.at(-1)?.currency ?? null, items };
  });
}
