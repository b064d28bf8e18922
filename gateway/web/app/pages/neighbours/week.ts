/**
 * Reads what this home's bus meters counted in the last week, for the preview of an order.
 * @module
 */
import { bodyOf } from "#gateway/api/client.ts";
import type { Client } from "#gateway/api/client.ts";
import type { Board } from "#gateway/api/schemas/node.ts";
import { type Metered, together } from "./preview.ts";

const WEEK_MS = 7 * 86_400_000;

/** In quarter-hours, oldest first; those without readings are left out. */
export async function lastWeek(client: Client, boards: readonly Board[], nowUtcMs: number): Promise<Metered[]> {
  const meters = boards.flatMap((board) => board.meters.filter(({ kind }) => kind === "bus"));
  // The page's clock moves by fractions.
  const toUtcMs = Math.floor(nowUtcMs);
  const bounds = { resolution: "quarter", fromUtcMs: String(toUtcMs - WEEK_MS), toUtcMs: String(toUtcMs) } as const;
  const series = await Promise.all(
    meters.map(({ boardId, meter }) => bodyOf(client.series.$get({ query: { boardId, meter: String(meter), ...bounds } }))),
  );
  return together(
    series.map(({ items }) =>
      items.flatMap(({ startUtcMs, endUtcMs, importMwh, exportMwh }) =>
        importMwh === null || exportMwh === null ? [] : [{ startUtcMs, endUtcMs, importMwh, exportMwh }],
      ),
    ),
  );
}
