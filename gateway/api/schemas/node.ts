/**
 * The home itself, its boards and their meters.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { METER_KINDS } from "#contracts/meter-id.ts";
import { MAX_METER } from "#firmware/wire/records.ts";
import { policySettings } from "./commands.ts";
import { address, boardId, count, hash, integer, orNull, utcMs, utcMsOrNull } from "./fields.ts";
import { boardEvent, reading, sourceName } from "./records.ts";

export const role = z.enum(["consumer", "producer"]);
export const meterKind = z.enum(METER_KINDS);

export const node = z
  .strictObject({
    id: integer.min(1).openapi({ description: "The home's number in the community's MeterRegistry." }),
    name: z.string(),
    role,
    address: address.openapi({ description: "The account whose key signs the home's batches." }),
    slotMs: integer.min(1).openapi({ description: "Settlement interval; slot n is [n, n + 1) times this." }),
    nowUtcMs: utcMs.openapi({ description: "The gateway's clock." }),
    clockSpeed: z.number().positive().openapi({ description: "How many times faster than real time that clock runs: 1 but in a demo." }),
  })
  .openapi("Node");
export type Node = z.infer<typeof node>;

export const meter = z
  .strictObject({
    meterId: hash.openapi({ description: "The meter's name on the chain." }),
    boardId,
    meter: count.max(MAX_METER).openapi({ description: "Index of the meter on its board." }),
    kind: meterKind,
    name: z.string(),
    ratedPowerW: count,
    latestReading: orNull(reading),
  })
  .openapi("Meter");
export type Meter = z.infer<typeof meter>;
export const meterList = z.strictObject({ items: z.array(meter) }).openapi("MeterList");

export const board = z
  .strictObject({
    boardId,
    name: z.string(),
    role,
    admittedUtcMs: utcMs,
    newestUtcMs: utcMsOrNull.openapi({ description: "When its newest reading ended: how fresh everything here is." }),
    silentAfterMs: count.openapi({ description: "With a newest reading older than this the board is silent." }),
    policy: orNull(policySettings),
    source: orNull(sourceName).openapi({ description: "The supply in force since `latestEvent`; null before the first." }),
    latestEvent: orNull(boardEvent).openapi({ description: "Why the relays are as they are." }),
    meters: z.array(meter),
  })
  .openapi("Board");
export type Board = z.infer<typeof board>;

export const waitingBoard = z
  .strictObject({
    boardId: boardId.openapi({ description: "As its messages say; anybody can say so." }),
    frames: count.openapi({ description: "Refused messages." }),
    firstUtcMs: utcMs,
    lastUtcMs: utcMs,
    lastRefusal: z
      .string()
      .openapi({ description: "Why its last message was refused: unknownBoard, or badSeal where its secret is another." }),
  })
  .openapi("WaitingBoard", { description: "A board whose frames do not open: it waits to be admitted, or has another secret." });
export type WaitingBoard = z.infer<typeof waitingBoard>;

export const boardList = z.strictObject({ items: z.array(board), waiting: z.array(waitingBoard) }).openapi("BoardList");
