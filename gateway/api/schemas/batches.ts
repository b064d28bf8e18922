/**
 * Batches of this home and their way onto the chain, and the proof of a reading in one.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { readingProofSchema } from "#gateway/ledger/verify.ts";
import { count, hash, integer, page, pageQuery, utcMs } from "./fields.ts";

export const transactionState = z.enum(["signed", "mined", "final", "reverted"]).openapi({
  description: "signed: stored and on its way; mined: in a block; final: that block stays; reverted: the contract refused it.",
});

export const batch = z
  .strictObject({
    number: integer.min(1),
    root: hash.openapi({ description: "Merkle root over the readings' leaves." }),
    readingCount: count,
    fromUtcMs: utcMs,
    toUtcMs: utcMs,
    slot: count.openapi({ description: "Newest slot that it checkpoints." }),
    createdUtcMs: utcMs,
    transaction: z.strictObject({
      state: transactionState,
      hash,
      nonce: count,
      blockNumber: count.nullable(),
      blockHash: hash.nullable(),
      createdUtcMs: utcMs,
    }),
  })
  .openapi("Batch");
export type Batch = z.infer<typeof batch>;

export const batchQuery = z.strictObject(pageQuery);
export const batchPage = page(batch).openapi("BatchPage");

/** The document that `daisee verify` checks; its schema is the verifier's own. */
export const readingProof = z.object(readingProofSchema.shape).openapi("ReadingProof", { description: "Check it with `daisee verify`." });
