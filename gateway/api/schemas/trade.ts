/**
 * Standing orders, slots and what was settled in them. Amounts are token units in decimal digits, for a sum of them may be above 2^53.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { MAX_PREFERRED } from "#gateway/market/member.ts";
import { publicId } from "./access.ts";
import { count, hash, integer, integerText, page, pageQuery, utcMs } from "./fields.ts";

const MAX_PRICE = 2 ** 32 - 1;

/** A whole number of token units, which JSON's numbers need not carry exactly. */
export const tokenUnits = z
  .string()
  .regex(/^\d{1,78}$/, "expected a whole number of token units in decimal digits")
  .openapi({ description: "Token units (10⁻⁶ coin) in decimal digits.", example: "150000" });

/** What somebody gets or, negative, pays. */
export const signedUnits = z
  .string()
  .regex(/^-?\d{1,78}$/, "expected a whole number of token units in decimal digits, perhaps negative")
  .openapi({ description: "Token units (10⁻⁶ coin) that the home got or, negative, paid.", example: "-12000" });

/** As the exchange takes it: 32 bits. */
export const pricePerKwh = tokenUnits
  .refine((text) => !(Number(text) > MAX_PRICE), `expected at most ${MAX_PRICE} token units per kWh, which are 4294.967295 coins`)
  .openapi({ description: "Token units (10⁻⁶ coin) per kWh in decimal digits: 150000 is 0.15 coin.", example: "150000" });

/** A home's number in the registry. */
export const nodeNumber = integer.min(1).max(2 ** 32 - 1);
/** The same, and 0 for the community's pool. */
const party = integer.min(0).openapi({ description: "A home's number; 0 is the community's pool." });

const orderFields = {
  side: z.enum(["ask", "bid"]).openapi({ description: "ask: sells what it gives to the bus; bid: buys what it draws. A home has one of each at most." }),
  pricePerKwh,
  maxSlotMwh: integer
    .min(1)
    .nullable()
    .openapi({ description: "ask: most energy that is sold in one slot; null: as much as is metered. Null for a bid: it buys what is drawn." }),
  preferred: z
    .array(nodeNumber)
    .max(MAX_PREFERRED)
    .openapi({ description: "bid: homes to buy from before all others, the first one first. Empty for an ask." }),
};
export const newOrder = z
  .strictObject(orderFields)
  .refine(({ side, preferred }) => side === "bid" || preferred.length === 0, { path: ["preferred"], error: "expected none for an ask: only a bid chooses sellers" })
  .refine(({ preferred }) => new Set(preferred).size === preferred.length, { path: ["preferred"], error: "expected each home once" })
  .refine(({ side, maxSlotMwh }) => side === "ask" || maxSlotMwh === null, { path: ["maxSlotMwh"], error: "expected null for a bid: what was drawn is bought" })
  .openapi("NewOrder", { description: "ask: at least its price. bid: at most its price; what nobody sells for that comes from the pool at the community's tariff." });
export type NewOrder = z.infer<typeof newOrder>;
export const order = z
  .strictObject({
    orderId: publicId,
    ...orderFields,
    state: z.enum(["pending", "active", "cancelling", "cancelled", "refused"]).openapi({
      description: "pending, cancelling: the chain has not confirmed the change. A change that is refused leaves in force what was before.",
    }),
    reason: z.string().nullable().openapi({ description: "Why it was refused, or what it waits for." }),
    isWithdrawn: z.boolean().openapi({ description: "ask: the home is below its reserve, so nothing is offered until it gives again." }),
    sinceSlot: count.nullable().openapi({ description: "First slot in which it holds as it is now; null before the chain confirmed it." }),
    by: z.string().openapi({ description: "Who set it as it is." }),
    createdUtcMs: utcMs,
    transactionHash: hash.nullable().openapi({ description: "Of the newest change; null while that is not signed." }),
  })
  .openapi("Order", { description: "A change holds from the slot that begins after the chain confirmed it, never for energy that has flowed." });
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
        "open: still running; closed: waits for a batch; submitted: committed, and not cleared yet; final: settled; disputed: both ends do not agree, and the community's arbiter has to rule.",
    }),
    batchNumber: count.nullable(),
    meters: z
      .array(z.strictObject({ meterId: hash, importMwh: count, exportMwh: count }))
      .openapi({ description: "What each meter counted within it; empty where a checkpoint is missing." }),
  })
  .openapi("Slot");
export type Slot = z.infer<typeof slot>;
export const slotPage = page(slot).openapi("SlotPage");

export const why = z.enum(["preferred", "cheapest", "pool", "loss", "late", "disputed"]).openapi({
  description:
    "preferred: the buyer prefers this seller; cheapest: the cheapest ask that was left when the buyer's turn came; pool: nobody bought or sold it, so the community's tariff holds; loss: given, and lost on the way, shared by all sellers; late: counted before the meter reported, settled at the tariff; disputed: not settled until the arbiter rules.",
});
export type Why = z.infer<typeof why>;

export const settlementLine = z
  .strictObject({
    seller: party,
    buyer: party,
    energyMwh: count.nullable().openapi({ description: "Null for late energy whose checkpoints this gateway does not have." }),
    pricePerKwh: pricePerKwh.nullable().openapi({ description: "Null where nothing is paid for it." }),
    amount: tokenUnits.openapi({ description: "From buyer to seller. A slot is rounded once: the lines' amounts add up to its amount to the last unit." }),
    why,
  })
  .openapi("SettlementLine");
export type SettlementLine = z.infer<typeof settlementLine>;

export const settlement = z
  .strictObject({
    slot: count,
    startUtcMs: utcMs,
    endUtcMs: utcMs,
    state: z.enum(["final", "disputed"]),
    energyMwh: integer.openapi({ description: "Drawn from the bus or, negative, given to it, as the exchange settled it." }),
    amount: signedUnits,
    lines: z.array(settlementLine).openapi({ description: "Everything that this home bought, sold, lost or settled late in it." }),
    transactionHash: hash,
    blockNumber: count,
  })
  .openapi("Settlement", { description: "What a slot cost or earned this home, from whom, at what price, and why; to the last unit." });
export type Settlement = z.infer<typeof settlement>;
export const settlementPage = page(settlement).openapi("SettlementPage");

export const flow = z
  .strictObject({ seller: party, buyer: party, energyMwh: count, amount: tokenUnits })
  .openapi("Flow", { description: "Energy from one home to another, summed over slots." });
export type Flow = z.infer<typeof flow>;
export const flows = z
  .strictObject({
    fromSlot: count.nullable().openapi({ description: "Oldest slot in the sum; null when there is none." }),
    toSlot: count.nullable().openapi({ description: "Newest slot in the sum." }),
    slots: count.openapi({ description: "Slots that were cleared and are in the sum." }),
    isComplete: z.boolean().openapi({ description: "False when there are more slots than one answer sums: the oldest are left out." }),
    items: z.array(flow).openapi({ description: "Largest energy first." }),
  })
  .openapi("Flows", { description: "Who sold how much to whom in the whole community, the pool included." });
export type Flows = z.infer<typeof flows>;

const bounds = {
  fromSlot: integerText(0, Number.MAX_SAFE_INTEGER, "From this slot on.").optional(),
  toSlot: integerText(0, Number.MAX_SAFE_INTEGER, "Slots before this one.").optional(),
};
export const tradeQuery = z.strictObject({ ...bounds, ...pageQuery });
export const flowQuery = z.strictObject(bounds);

/** Nodes in a query, comma between them. */
const nodeList = z
  .string()
  .regex(/^\d{1,10}(,\d{1,10}){0,4}$/, "expected up to five homes' numbers, comma between them")
  .transform((text) => text.split(",").map(Number))
  .openapi({ type: "string", description: "bid: preferred homes, the first one first.", example: "2,5" });
export const previewQuery = z.strictObject({
  side: orderFields.side,
  pricePerKwh,
  maxSlotMwh: integerText(1, Number.MAX_SAFE_INTEGER, "ask: most energy per slot.").optional(),
  preferred: nodeList.optional(),
  ...bounds,
});

const outcome = z.strictObject({
  amount: signedUnits,
  neighboursMwh: count.openapi({ description: "Bought from or sold to neighbours." }),
  poolMwh: count.openapi({ description: "Bought from or sold to the community's pool." }),
  lostMwh: count,
});
export const preview = z
  .strictObject({
    fromSlot: count.nullable(),
    toSlot: count.nullable(),
    slots: count.openapi({ description: "Cleared slots in which the home drew (bid) or gave (ask)." }),
    isComplete: z.boolean().openapi({ description: "False when there are more slots than one answer looks at: the oldest are left out." }),
    meteredMwh: count,
    asSettled: outcome,
    withOrder: outcome,
  })
  .openapi("OrderPreview", {
    description: "What an order would have done: each slot is cleared again with everybody's metered energies and orders, but this one in place of the home's own. The newest week unless bounds are given.",
  });
export type OrderPreview = z.infer<typeof preview>;

export const estimate = z
  .strictObject({
    slot: count,
    startUtcMs: utcMs,
    endUtcMs: utcMs,
    untilUtcMs: utcMs.nullable().openapi({ description: "End of the newest reading in it; null when there is none yet." }),
    energyMwh: integer.openapi({ description: "Drawn from the bus or, negative, given to it so far." }),
    basisSlot: count.nullable().openapi({ description: "The neighbours are taken to draw, give and ask as in this slot, the newest that was cleared; null when there is none." }),
    amount: signedUnits.nullable().openapi({ description: "What the energy so far costs or earns at the present order if they do; null without a basis." }),
    poolAmount: signedUnits.nullable().openapi({ description: "What it costs or earns with the pool alone; null while the chain was not asked." }),
    lines: z.array(settlementLine),
  })
  .openapi("Estimate", { description: "The running slot: a guess that binds nobody." });
export type Estimate = z.infer<typeof estimate>;
