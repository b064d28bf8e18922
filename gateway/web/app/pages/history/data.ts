/**
 * Reads what a view shows.
 * @module
 */
import { bodyOf } from "#gateway/api/client.ts";
import type { Client } from "#gateway/api/client.ts";
import type { Money } from "#gateway/api/schemas/energy.ts";
import type { Meter, Node } from "#gateway/api/schemas/node.ts";
import type { Settlement } from "#gateway/api/schemas/trade.ts";
import { ifAvailable, readPages } from "../../available.ts";
import { stackOf } from "./origin.ts";
import type { Metered, Stack } from "./origin.ts";
import type { Resolution, Span } from "./view.ts";

/** Pages of settlements, of 1000 slots each: a month of quarter-hours. */
const SETTLEMENT_PAGES = 4;

export interface Source {
  client: Client;
  node: Node;
  meters: readonly Meter[];
  /** Ids of those that a mains tariff bills. */
  mains: ReadonlySet<string>;
}

async function readMeter({ client, mains }: Source, { boardId, meter, kind, meterId }: Meter, span: Span, resolution: Resolution): Promise<Metered> {
  const bounds = { fromUtcMs: String(span.fromUtcMs), toUtcMs: String(span.toUtcMs) };
  const { items } = await bodyOf(client.series.$get({ query: { boardId, meter: String(meter), resolution, ...bounds } }));
  return { kind: mains.has(meterId) ? "mains" : kind, items };
}

export function readMeters(source: Source, span: Span, resolution: Resolution): Promise<Metered[]> {
  return Promise.all(source.meters.map((meter) => readMeter(source, meter, span, resolution)));
}

async function readSettlements({ client, node }: Source, span: Span): Promise<Settlement[]> {
  const bounds = { fromSlot: String(Math.floor(span.fromUtcMs / node.slotMs)), toSlot: String(Math.ceil(span.toUtcMs / node.slotMs)), limit: "1000" };
  const read = (cursor: { cursor?: string }) => bodyOf(client.settlements.$get({ query: { ...bounds, ...cursor } }));
  const found = await ifAvailable(() => readPages(read, SETTLEMENT_PAGES));
  // With a part of them the older time would seem to be not settled: then the neighbours are shown as one.
  return found?.isComplete === true ? found.items : [];
}

export async function readStack(source: Source, span: Span, resolution: Resolution): Promise<Stack> {
  const [meters, settlements] = await Promise.all([readMeters(source, span, resolution), readSettlements(source, span)]);
  return stackOf(meters, settlements, source.node.id);
}

export function readMoney({ client }: Source, { from, to }: Span, period: "day" | "month" | "year", timeZone: string): Promise<Money> {
  return bodyOf(client.money.$get({ query: { period, from, to, timeZone } }));
}
