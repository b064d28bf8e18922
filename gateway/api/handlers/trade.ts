/**
 * Handlers: orders, slots and settlements, as the ledger gives them.
 * @module
 */
import { slotCursor, slotPlace } from "../cursor.ts";
import { checkMatch } from "../formats/answer.ts";
import type { Mount } from "../mount.ts";
import { available, TradeRefusal } from "../ports.ts";
import type { SlotBounds, SlotQuery } from "../ports.ts";
import { ProblemError } from "../problem.ts";
import * as routes from "../routes/trade.ts";
import { DEFAULT_LIMIT } from "../schemas/fields.ts";
import { newOrder } from "../schemas/trade.ts";
import { given, missing, pageOf } from "./parts.ts";
import type { Parts } from "./parts.ts";

interface PageQuery {
  fromSlot?: number | undefined;
  toSlot?: number | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}

/** Turns a refusal to trade into an answer. */
export async function orRefusal<Done>(work: Promise<Done>): Promise<Done> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof TradeRefusal)) throw error;
    throw error.kind === "locked" ? new ProblemError(503, error.message, { type: "locked" }) : new ProblemError(409, error.message);
  }
}

const slotBounds = ({ fromSlot, toSlot }: PageQuery): SlotBounds => given({ fromSlot, beforeSlot: toSlot });

export function mountTrade(mount: Mount, parts: Parts): void {
  const orders = () => available(parts.orders, "exchange to trade on");
  const settlements = () => available(parts.settlements, "exchange to trade on");

  async function orderOf(orderId: string) {
    const found = (await orders().list()).find((order) => order.orderId === orderId);
    if (found === undefined) throw missing(`order ${orderId}`);
    return found;
  }

  /** One more than a page, so that it is known whether there is another one. */
  function bounds({ fromSlot, toSlot, limit = DEFAULT_LIMIT, cursor }: PageQuery): SlotQuery {
    const before = [toSlot, cursor === undefined ? undefined : slotPlace(cursor)].filter((slot) => slot !== undefined);
    return { ...given({ fromSlot, beforeSlot: before.length === 0 ? undefined : Math.min(...before) }), limit: limit + 1 };
  }

  mount.read(routes.ordersRoute, async () => ({ items: await orders().list() }));

  mount.change(routes.createOrderRoute, async (c) => {
    const order = await orRefusal(orders().place(c.req.valid("json"), c.get("principal").name));
    return { status: 202, body: order, audit: { action: "order.place", target: order.orderId, before: null, after: order } };
  });

  mount.read(routes.orderRoute, (c) => orderOf(c.req.valid("param").orderId));

  mount.change(routes.replaceOrderRoute, async (c) => {
    const before = await orderOf(c.req.valid("param").orderId);
    checkMatch(c, before);
    const after = await orRefusal(orders().replace(before.orderId, c.req.valid("json"), c.get("principal").name));
    return { status: 202, body: after, audit: { action: "order.replace", target: before.orderId, before, after } };
  });

  mount.change(routes.cancelOrderRoute, async (c) => {
    const before = await orderOf(c.req.valid("param").orderId);
    const after = await orRefusal(orders().cancel(before.orderId, c.get("principal").name));
    return { status: 202, body: after, audit: { action: "order.cancel", target: before.orderId, before, after } };
  });

  mount.read(routes.slotsRoute, async (c) => {
    const query = c.req.valid("query");
    const found = await settlements().slots(bounds(query));
    return pageOf(
      found,
      query.limit ?? DEFAULT_LIMIT,
      (slot) => slot,
      ({ slot }) => slotCursor(slot),
    );
  });

  mount.read(routes.slotRoute, async (c) => {
    const { slot } = c.req.valid("param");
    const found = await settlements().slot(slot);
    if (found === null) throw missing(`slot ${slot}`);
    return found;
  });

  mount.read(routes.settlementsRoute, async (c) => {
    const query = c.req.valid("query");
    const found = await settlements().settlements(bounds(query));
    return pageOf(
      found,
      query.limit ?? DEFAULT_LIMIT,
      (one) => one,
      ({ slot }) => slotCursor(slot),
    );
  });

  mount.read(routes.flowsRoute, (c) => settlements().flows(slotBounds(c.req.valid("query"))));

  mount.read(routes.previewRoute, (c) => {
    const { side, pricePerKwh, maxSlotMwh = null, preferred = [], ...bounded } = c.req.valid("query");
    const order = newOrder.safeParse({ side, pricePerKwh, maxSlotMwh, preferred });
    if (!order.success) throw new ProblemError(400, order.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "));
    return settlements().preview(order.data, slotBounds(bounded));
  });

  mount.read(routes.estimateRoute, () => settlements().estimate());
}
