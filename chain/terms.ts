/**
 * On what terms a community's exchange begins.
 * @module
 */
import { z } from "zod";

const price = z.int().min(0).max(2 ** 32 - 1);

/** Prices are millionths of a coin per kWh. */
export const termsSchema = z
  .strictObject({
    /** What imports cost that nobody sold: 0.30 coins. */
    importPrice: price.default(300_000),
    /** What exports bring that nobody bought: 0.08 coins. */
    exportPrice: price.default(80_000),
    /** By how much imports and exports of a slot may differ: a part of the larger in per mille, and an amount in mWh. */
    lossPermille: z.int().min(0).max(1000).default(100),
    lossMwh: z.int().min(0).max(2 ** 32 - 1).default(1000),
    /** How long after its end a slot waits for meters that have not reported, s. */
    graceSeconds: z.int().min(0).max(604_800).default(300),
  })
  .refine(({ importPrice, exportPrice }) => exportPrice <= importPrice, "the export price is above the import price: drawing and giving in turn would earn from the pool");

export type Terms = z.infer<typeof termsSchema>;

/**
 * Checks terms and fills in what they leave out.
 * @throws Error naming each wrong field
 */
export function describeTerms(terms: unknown = {}): Terms {
  const checked = termsSchema.safeParse(terms);
  if (!checked.success) throw new Error(`the terms of the exchange are wrong:\n${z.prettifyError(checked.error)}`);
  return checked.data;
}
