/**
 * The chain as this home sees it, and what the neighbours put there.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { address, count, hash, integer, utcMs } from "./fields.ts";
import { meterKind } from "./node.ts";

export const chain = z
  .strictObject({
    state: z.enum(["starting", "following", "locked", "away", "foreign"]).openapi({
      description:
        "locked: the node's key is locked, nothing is signed; away: it does not answer; foreign: another chain than the deployment's, nothing is written to it.",
    }),
    detail: z.string().nullable().openapi({ description: "What is wrong and what to do; null when nothing is." }),
    chainId: integer,
    headNumber: count.nullable().openapi({ description: "Number of the newest block seen." }),
    headUtcMs: utcMs.nullable().openapi({ description: "Timestamp of the newest block." }),
    stalled: z.boolean().openapi({ description: "It answers, but has made no block for longer than stalledAfterMs." }),
    stalledAfterMs: z.number().nonnegative().nullable().openapi({ description: "How old the newest block may be; null while it is not known how often blocks come." }),
    finalityDepth: integer.min(1).openapi({ description: "Blocks, its own included, until a transaction is final, by the engine and its authorities as they are now." }),
    validators: z.array(address).openapi({ description: "Who may seal the next block; empty on the embedded chain, and where the node does not tell." }),
    headSealer: address.nullable().openapi({ description: "Who sealed the newest block; null where the node does not tell." }),
    answeredUtcMs: utcMs.nullable().openapi({ description: "The gateway's clock when the chain last answered." }),
    meterRegistry: address,
    energyLedger: address,
    account: address.openapi({ description: "The account whose key signs the home's batches." }),
    node: integer.min(1).openapi({ description: "The home's number in the community's MeterRegistry." }),
    openTransactions: count.openapi({ description: "Signed or mined, not final yet." }),
    revertedTransactions: count.openapi({ description: "Refused by the contract since the gateway's start." }),
    refusedCheckpoints: count.openapi({ description: "Left out since the start, because the contract would refuse them." }),
  })
  .openapi("Chain");
export type Chain = z.infer<typeof chain>;

export const neighbour = z
  .strictObject({
    node: integer.min(1).openapi({ description: "Number of the home in the community's MeterRegistry." }),
    batches: z
      .array(
        z.strictObject({
          number: integer.min(1),
          root: hash,
          readingCount: count,
          fromUtcMs: utcMs,
          toUtcMs: utcMs,
          transactionHash: hash,
          blockNumber: count,
        }),
      )
      .openapi({ description: "Its newest batches, newest first." }),
    meters: z
      .array(
        z.strictObject({
          meterId: hash,
          kind: meterKind,
          slot: count,
          importMwh: count,
          exportMwh: count,
          slotImportMwh: count.nullable().openapi({ description: "Imported since the checkpoint before; null when there is only one." }),
          slotExportMwh: count.nullable(),
        }),
      )
      .openapi({ description: "Its meters' newest checkpoints." }),
  })
  .openapi("Neighbour", { description: "A home of the community as the chain's events tell it." });
export type Neighbour = z.infer<typeof neighbour>;
export const neighbourList = z.strictObject({ items: z.array(neighbour) }).openapi("NeighbourList");
