/**
 * Handlers: other systems in the house, and energy that no board of ours metered.
 * @module
 */
import type { z } from "@hono/zod-openapi";
import { CsvError } from "#gateway/integrations/csv-import/columns.ts";
import { INTEGRATIONS, statusOff } from "#gateway/integrations/status.ts";
import { createCalendar } from "#gateway/store/calendar.ts";
import type { Calendar } from "#gateway/store/calendar.ts";
import { addToSteps, emptySteps } from "#gateway/store/external-series.ts";
import type { ExternalStep } from "#gateway/store/external-series.ts";
import type { ExternalInterval } from "#gateway/store/external.ts";
import { isTimeZone } from "#gateway/tariffs/time-zone.ts";
import { externalCursor, externalPlace } from "../cursor.ts";
import type { Mount } from "../mount.ts";
import { available } from "../ports.ts";
import { ProblemError } from "../problem.ts";
import * as routes from "../routes/integrations.ts";
import { DEFAULT_LIMIT } from "../schemas/fields.ts";
import type { externalStepsQuery } from "../schemas/integrations.ts";
import { missing, pageOf, refuseTooLong } from "./parts.ts";
import type { Parts } from "./parts.ts";

/** Intervals that are read from the store at a time. */
const MOST_AT_ONCE = 10_000;

/** What the import and the store refuse goes to whoever asked. */
function refuse(error: unknown): never {
  if (error instanceof CsvError) throw new ProblemError(400, error.message);
  if (error instanceof Error && error.message.startsWith("store: external series "))
    throw new ProblemError(409, `${error.message.slice("store: ".length)}.`);
  throw error;
}

export function mountIntegrations(mount: Mount, { store, integrations }: Parts): void {
  const importer = () => available(integrations?.csvImport, "import: its settings leave integrations.csvImport out");

  async function summaryOf(seriesId: string) {
    const found = (await store.externalSeries()).find((one) => one.seriesId === seriesId);
    if (found === undefined) throw missing(`external series ${seriesId}`);
    return found;
  }

  async function stepsOf(seriesId: string, calendar: Calendar, { resolution, fromUtcMs, toUtcMs }: z.infer<typeof externalStepsQuery>): Promise<ExternalStep[]> {
    const steps = emptySteps(calendar, resolution, fromUtcMs, toUtcMs);
    const [first, last] = [steps[0], steps.at(-1)];
    let from = first?.startUtcMs ?? toUtcMs;
    const to = last?.endUtcMs ?? toUtcMs;
    let found: ExternalInterval[];
    do {
      found = await store.externalIntervals({ seriesId, fromUtcMs: from, toUtcMs: to, limit: MOST_AT_ONCE });
      addToSteps(steps, found);
      from = found.at(-1)?.endUtcMs ?? to;
    } while (found.length === MOST_AT_ONCE);
    return steps;
  }

  mount.read(routes.integrationsRoute, () => ({ items: integrations?.list() ?? INTEGRATIONS.map(statusOff) }));
  mount.read(routes.externalSeriesRoute, async () => ({ items: await store.externalSeries() }));

  mount.read(routes.externalIntervalsRoute, async (c) => {
    const { seriesId } = await summaryOf(c.req.valid("param").seriesId);
    const { fromUtcMs = 0, toUtcMs = Number.MAX_SAFE_INTEGER, limit = DEFAULT_LIMIT, cursor } = c.req.valid("query");
    const from = cursor === undefined ? fromUtcMs : Math.max(fromUtcMs, externalPlace(cursor));
    const found = await store.externalIntervals({ seriesId, fromUtcMs: from, toUtcMs, limit: limit + 1 });
    return pageOf(found, limit, (interval) => interval, ({ endUtcMs }) => externalCursor(endUtcMs));
  });

  mount.read(routes.externalStepsRoute, async (c) => {
    const { seriesId, origin, kind, name } = await summaryOf(c.req.valid("param").seriesId);
    const { resolution, fromUtcMs, toUtcMs } = c.req.valid("query");
    if (fromUtcMs >= toUtcMs) throw new ProblemError(400, "fromUtcMs has to be before toUtcMs.");
    const { timeZone } = await store.storeSettings();
    const items = await stepsOf(seriesId, createCalendar(timeZone), { resolution, fromUtcMs, toUtcMs }).catch(refuseTooLong);
    return { seriesId, origin, kind, name, resolution, timeZone, items };
  });

  mount.change(routes.enterRoute, async (c) => {
    const entry = c.req.valid("json");
    const { seriesId, outcome } = await importer().enter(entry).catch(refuse);
    if (outcome === "overlapping")
      throw new ProblemError(409, `Some of that time has an entry in ${seriesId} already: choose another time, or delete that series.`);
    const { startUtcMs, endUtcMs, energyMwh } = entry;
    const body = { seriesId, interval: { startUtcMs, endUtcMs, energyMwh } };
    return { status: 201, body, audit: { action: "external.enter", target: seriesId, before: null, after: entry } };
  });

  mount.change(routes.importRoute, async (c) => {
    const type = c.req.header("content-type");
    if (!/^text\/csv\s*(;|$)/i.test(type ?? "")) throw new ProblemError(415, `The body has to be text/csv; ${type?.slice(0, 80) ?? "no Content-Type"} came.`);
    const { series, name = series, stepSeconds, timeZone = (await store.storeSettings()).timeZone } = c.req.valid("query");
    if (!isTimeZone(timeZone)) throw new ProblemError(400, `${timeZone} is no time zone: expected an IANA name such as Europe/Paris.`);
    const stepMs = stepSeconds === undefined ? null : stepSeconds * 1000;
    const report = await importer().importCsv(await c.req.text(), { series, name, stepMs, timeZone }).catch(refuse);
    const { bad: _bad, ...after } = report;
    return { status: 200, body: report, audit: { action: "external.import", target: series, before: null, after } };
  });

  mount.change(routes.deleteExternalRoute, async (c) => {
    const before = await summaryOf(c.req.valid("param").seriesId);
    await store.deleteExternalSeries(before.seriesId);
    return { status: 204, body: null, audit: { action: "external.delete", target: before.seriesId, before, after: null } };
  });
}
