/**
 * Standing orders, slots and what was settled in them.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { publicId } from "./access.ts";
import { count, hash, integer, integerText, page, pageQuery, utcMs } from "./fields.ts";

/** A whole number of token units, which JSON's numbers cannot carry. */
export const tokenUnits = z
  .string()
  .regex(/^\d{1,78}$/, "expected a whole number of token units in decimal digits")
  .openapi({ description: "Token units (10⁻¹⁸ coin) in decimal digits.", example: "150000000000000000" });

const orderFields = {
  side: z.enum(["ask", "bid"]).openapi({ description: "ask: sells what it gives to the bus; bid: buys what it draws." }),
  pricePerKwh: tokenUnits.openapi({ description: "ask: at least; bid: at most. Token units per kWh." }),
  maxSlotMwh: count.nullable().openapi({ description: "Most energy per slot; null: as much as is metered." }),
  preferredNode: integer.min(1).nullable().openapi({ description: "bid: the neighbour to buy from before all others." }),
};
export const newOrder = z.strictObject(orderFields).openapi("NewOrder");
export type NewOrder = z.infer<typeof newOrder>;
export const order = z
  .strictObject({
    orderId: publicId,
    ...orderFields,
    state: z
      .enum(["pending", "active", "cancelling", "cancelled", "refused"])
      .openapi({ description: "pending, cancelling: the chain has not confirmed it." }),
    reason: z.string().nullable().openapi({ description: "Why it was refused." }),
    createdUtcMs: utcMs,
    transactionHash: hash.nullable(),
  })
  .openapi("Order");
export type Order = z.infer<typeof order>;
export const orderList = z.strictObject({ items: z.array(order) }).openapi("OrderList");

export const slotNumber = integerText(0, Number.MAX_SAFE_INTEGER, "The slot's number: its start divided by the node's slotMs.");
export const slot = z
  .strictObject({
    slot: count,
    startUtcMs: utcMs,
    endUtcMs: utcMs,
    state: z.enum(["open", "closed", "submitted", "final", "disputed"]).openapi({
      description:
        "open: still running; closed: waits for a batch; submitted: on its way; final: settled; disputed: both ends do not agree.",
    }),
    batchNumber: count.nullable(),
    meters: z
      .array(z.strictObject({ meterId: hash, importMwh: count, exportMwh: count }))
      .openapi({ description: "What each meter counted within it." }),
  })
  .openapi("Slot");
export type Slot = z.infer<typeof slot>;
export const slotPage = page(slot).openapi("SlotPage");

export const settlement = z
  .strictObject({
    slot: count,
    state: z.enum(["submitted", "final", "disputed"]),
    trades: z.array(
      z.strictObject({
        seller: integer.min(0).openapi({ description: "Node; 0 is the community." }),
        buyer: integer.min(0).openapi({ description: "Node; 0 is the community." }),
        energyMwh: count,
        pricePerKwh: tokenUnits,
        amount: tokenUnits,
      }),
    ),
    transactionHash: hash.nullable(),
    blockNumber: count.nullable(),
  })
  .openapi("Settlement");
export type Settlement = z.infer<typeof settlement>;
export const settlementPage = page(settlement).openapi("SettlementPage");
export const tradeQuery = z.strictObject({
  fromSlot: integerText(0, Number.MAX_SAFE_INTEGER, "From this slot on.").optional(),
  toSlot: integerText(0, Number.MAX_SAFE_INTEGER, "Slots before this one.").optional(),
  ...pageQuery,
});
