/**
 * Batches of this home and their way onto the chain, and the proof of a reading in one.
 * @module
 */
import { z } from "@hono/zod-openapi";
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

/** A reading as the contract hashes it (`contracts/leaf.ts`). */
const ledgerReading = z
  .strictObject({
    meterId: hash,
    boot: count,
    sequence: count,
    uptimeMs: count,
    endUtcMs: utcMs,
    currentMa: integer,
    minCurrentMa: integer,
    maxCurrentMa: integer,
    voltageMv: integer,
    importMwh: count,
    exportMwh: count,
    state: count.openapi({ description: "Closed relays, one bit each, plus 16 times the quality flags." }),
    chargePermille: count.openapi({ description: "Battery charge; 65535 where there is none." }),
    salt: hash.openapi({ description: "Keeps others from guessing a reading from its leaf." }),
  })
  .openapi("LedgerReading");

export const readingProof = z
  .strictObject({
    node: integer.min(1),
    batch: integer.min(1),
    root: hash,
    reading: ledgerReading,
    proof: z.array(hash).openapi({ description: "Siblings of the leaf, from the leaf up." }),
  })
  .openapi("ReadingProof", { description: "Check it against the chain with `daisee verify`." });
export type ReadingProof = z.infer<typeof readingProof>;
