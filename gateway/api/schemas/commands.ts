/**
 * What people ask of boards, what became of it, and what boards tell of their health.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { boardId, count, integer, integerText, orNull, utcMs } from "./fields.ts";
import { sourceName } from "./records.ts";

const permille = integer.min(0).max(1000);
const durationMs = integer.min(0);
/** Longest override: a week. */
const MAX_OVERRIDE_MS = 7 * 24 * 3_600_000;
const MAX_IDENTIFY_MS = 600_000;

/** `PolicySettings` of `firmware/wire/commands.ts`; the board itself checks it whole before it takes it. */
export const policySettings = z
  .strictObject({
    lowPermille: permille.openapi({ description: "Consumer: at or below it, the load moves to the neighbours' bus." }),
    highPermille: permille.openapi({ description: "Consumer: at or above it, the load moves back to its own battery." }),
    reservePermille: permille.openapi({
      description: "Consumer: at or below it, its own battery no longer feeds the load. Producer: giving stops.",
    }),
    giveAbovePermille: permille.openapi({ description: "Producer: at or above it, giving starts." }),
    minOnMs: durationMs,
    minOffMs: durationMs,
    deadTimeMs: durationMs.openapi({ description: "Both relays open between two sources." }),
    tripMa: integer.min(1).openapi({ description: "A current above it in either direction opens all relays." }),
    lockoutMs: durationMs,
    busLiveMv: integer.min(0),
    staleMs: durationMs,
  })
  .refine((policy) => policy.lowPermille < policy.highPermille, {
    path: ["highPermille"],
    message: "expected more than lowPermille, or the board would switch to and fro",
  })
  .refine((policy) => policy.reservePermille < policy.giveAbovePermille, {
    path: ["giveAbovePermille"],
    message: "expected more than reservePermille, or the board would switch to and fro",
  })
  .openapi("PolicySettings");

export const overrideRequest = z
  .strictObject({ source: sourceName, durationMs: integer.min(1000).max(MAX_OVERRIDE_MS) })
  .openapi("OverrideRequest", { description: "Holds a source for so long. Protection and interlocks stay in force." });
export const identifyRequest = z.strictObject({ durationMs: integer.min(1000).max(MAX_IDENTIFY_MS).optional() }).openapi("IdentifyRequest");
export const calibration = z
  .strictObject({
    offset: z.number().openapi({ description: "Added after the gain, in the channel's unit (mA or mV)." }),
    gain: z.number().min(0.1).max(10).openapi({ description: "Ratio of the true value to the shown one." }),
  })
  .openapi("Calibration");

export const commandState = z.enum(["pending", "sent", "applied", "refused", "expired"]).openapi({
  description:
    "pending: waits for the board's next frame; sent: on its way; applied, refused: by the board; expired: too late, or overtaken.",
});
const commandBody = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("policy"), policy: policySettings }),
  z.strictObject({ kind: z.literal("override"), source: sourceName, durationMs: count }),
  z.strictObject({ kind: z.literal("identify"), durationMs: count }),
  z.strictObject({ kind: z.literal("reboot") }),
  z.strictObject({ kind: z.literal("diagnostics") }),
  z.strictObject({ kind: z.literal("calibration"), channel: count, calibration }),
]);

export const boardCommand = z
  .strictObject({
    commandId: integer.min(1).openapi({ description: "Ascending per board." }),
    boardId,
    command: commandBody,
    by: z.string().openapi({ description: "Who asked for it." }),
    state: commandState,
    reason: z.string().nullable().openapi({ description: "Why it was refused or expired." }),
    createdUtcMs: utcMs,
    sentUtcMs: utcMs.nullable(),
    doneUtcMs: utcMs.nullable(),
  })
  .openapi("BoardCommand");
export type BoardCommand = z.infer<typeof boardCommand>;
export const boardCommandList = z.strictObject({ items: z.array(boardCommand) }).openapi("BoardCommandList");
export const commandNumber = integerText(1, Number.MAX_SAFE_INTEGER, "The command's number on its board.");

export const policyState = z
  .strictObject({
    policy: orNull(policySettings).openapi({ description: "What the board goes by, as far as this gateway knows." }),
    pending: orNull(boardCommand).openapi({ description: "The newest change that the board has not answered." }),
  })
  .openapi("PolicyState");

export const boardSettingsView = z
  .strictObject({
    boardId,
    readingMs: count.openapi({ description: "Interval of its readings." }),
    policy: orNull(policySettings),
    pending: z.array(boardCommand).openapi({ description: "What it was asked and has not answered, oldest first." }),
  })
  .openapi("BoardSettings");

export const diagnostics = z
  .strictObject({
    boardId,
    receivedUtcMs: utcMs,
    uptimeMs: count,
    firmware: z.string(),
    resetCause: count.openapi({ description: "Index into the causes that `firmware/wire/README.md` names." }),
    failedStarts: count,
    safeMode: z.boolean(),
    freeVariables: count,
    usedVariables: count,
    queueFine: count.openapi({ description: "Readings and events that wait for acknowledgement." }),
    queueCoarse: count.openapi({ description: "Checkpoints that wait for acknowledgement." }),
    refused: count.openapi({ description: "Messages from the gateway that it refused since boot." }),
    retransmitted: count,
    slowestTurnMs: count,
    rssiDbm: integer.nullable().openapi({ description: "Wi-Fi signal; null when unknown." }),
    channels: z.array(
      z.strictObject({
        value: z.number().nullable().openapi({ description: "Calibrated, mA or mV; null while implausible." }),
        raw: z.number().openapi({
          description: "Mean of the newest window, in 1/65536 of the converter's range; for a digital sensor its raw register.",
        }),
        noise: z.number().openapi({ description: "Standard deviation in that window, same unit." }),
      }),
    ),
  })
  .openapi("Diagnostics");
export type Diagnostics = z.infer<typeof diagnostics>;
