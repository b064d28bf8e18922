/**
 * The home's account at the community's exchange, its terms, and who sells there.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { address, count, hash, utcMs } from "./fields.ts";
import { nodeNumber, pricePerKwh, tokenUnits } from "./trade.ts";

export const exchangeAccount = z
  .strictObject({
    node: nodeNumber,
    isEnrolled: z.boolean().openapi({ description: "Whether the node's bus meter is settled at the exchange." }),
    deposit: tokenUnits.openapi({ description: "What the home has at the exchange." }),
    free: tokenUnits.openapi({ description: "What of the deposit may be withdrawn or paid in advance now." }),
    held: tokenUnits.openapi({ description: "What of it open slots may still cost." }),
    debt: tokenUnits.openapi({ description: "What the home owes the community's pool." }),
    due: tokenUnits.openapi({ description: "What the pool owes the home." }),
    settledSlot: count.nullable().openapi({ description: "Newest slot that is settled for it." }),
    coins: tokenUnits.openapi({ description: "Coins that the gateway's own address holds: what it can deposit." }),
    allowance: tokenUnits.openapi({ description: "What the exchange may take of them beside a deposit; 0 but in passing, as each deposit brings its own permit." }),
    gatewayAddress: address,
    memberAddress: address.openapi({ description: "The account of the home in the registry: withdrawals go there, and only it may order them." }),
    canWithdraw: z.boolean().openapi({ description: "Whether the gateway's key is the member's own, so that withdrawing, paying in advance and taking that back can be asked here." }),
    credits: z
      .array(z.strictObject({ seller: nodeNumber, paid: tokenUnits, remaining: tokenUnits }))
      .openapi({ description: "What was paid to sellers in advance, and what of it is not used." }),
    exchangeAddress: address,
    coinAddress: address,
    blockNumber: count.openapi({ description: "Newest block when this was read." }),
  })
  .openapi("ExchangeAccount");
export type ExchangeAccount = z.infer<typeof exchangeAccount>;

const transferFields = {
  kind: z.enum(["deposit", "withdraw", "prepay", "refund"]).openapi({
    description: "deposit: from the gateway's address to the exchange; withdraw: from there to the member; prepay: sets coins aside for one seller; refund: takes back what of that is not used.",
  }),
  amount: tokenUnits.regex(/^0*[1-9]\d{0,17}$/, "expected more than 0 and less than 10¹⁸ token units, a trillion coins"),
  seller: nodeNumber.nullable().openapi({ description: "prepay, refund: the seller. Null otherwise." }),
};
export const newTransfer = z
  .strictObject(transferFields)
  .refine(({ kind, seller }) => (kind === "prepay" || kind === "refund") === (seller !== null), {
    path: ["seller"],
    error: "expected a home for prepay and refund, and null for deposit and withdraw",
  })
  .openapi("NewTransfer");
export type NewTransfer = z.infer<typeof newTransfer>;
export const transfer = z
  .strictObject({
    transferId: count,
    ...transferFields,
    state: z.enum(["pending", "final", "refused"]).openapi({ description: "pending: the chain has not confirmed it." }),
    reason: z.string().nullable().openapi({ description: "Why it was refused." }),
    by: z.string(),
    createdUtcMs: utcMs,
    transactionHash: hash.nullable(),
  })
  .openapi("Transfer");
export type Transfer = z.infer<typeof transfer>;
export const transferList = z.strictObject({ items: z.array(transfer) }).openapi("TransferList");

export const exchangeTerms = z
  .strictObject({
    sinceSlot: count,
    importPrice: pricePerKwh.openapi({ description: "What the pool takes for energy that nobody sold; token units per kWh." }),
    exportPrice: pricePerKwh.openapi({ description: "What the pool gives for energy that nobody bought; token units per kWh." }),
    lossPermille: count.openapi({ description: "Part of the larger sum by which both ends of a slot may differ." }),
    lossMwh: count.openapi({ description: "Energy by which they may differ besides." }),
    graceSeconds: count.openapi({ description: "How long after its end a slot waits for meters that have not reported." }),
  })
  .openapi("ExchangeTerms");
export type ExchangeTerms = z.infer<typeof exchangeTerms>;

export const sellerList = z
  .strictObject({
    items: z.array(
      z.strictObject({
        node: nodeNumber,
        pricePerKwh,
        limitMwh: count.openapi({ description: "Most energy that it sells in one slot." }),
        sinceSlot: count,
      }),
    ),
  })
  .openapi("SellerList", { description: "Standing asks of the community, cheapest first." });
export type SellerList = z.infer<typeof sellerList>;
