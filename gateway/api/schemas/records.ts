/**
 * Readings and events of boards, as the API shows them.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { CAUSE, FLAG, MAX_METER, SOURCE } from "#firmware/wire/records.ts";
import type { Cause, Source } from "#firmware/wire/records.ts";
import { boardId, count, integer, integerText, page, pageQuery, recordId, utcMsOrNull } from "./fields.ts";

/** The names of an enumeration that the wire carries as numbers. */
function namesOf<Name extends string>(enumeration: Record<Name, number>): [Name, ...Name[]] {
  // Object.keys forgets the key type; the enumerations are literals and never empty.
  return Object.keys(enumeration) as [Name, ...Name[]];
}

export const sourceName = z.enum(namesOf(SOURCE)).openapi({
  description: "The supply that a board has closed. Consumer: own, bus, off. Producer: keep, give, off.",
});
export type SourceName = keyof typeof SOURCE;
export const causeName = z.enum(namesOf(CAUSE)).openapi({ description: "Why a board changed its source." });
export type CauseName = keyof typeof CAUSE;

/** Quality flags of a reading. */
export const flagName = z.enum(namesOf(FLAG));
export type FlagName = keyof typeof FLAG;

/** Unit of an event's value and limit, by its cause (`firmware/wire/records.ts` says so for each). */
export const CAUSE_UNIT = {
  boot: "flags",
  batteryLow: "permille",
  batteryRecovered: "permille",
  reserveReached: "permille",
  reserveRecovered: "permille",
  overCurrent: "mA",
  sensorFault: "channel",
  sensorRecovered: "channel",
  busDead: "mV",
  busLive: "mV",
  lockoutOver: "mA",
  override: "s",
  overrideOver: "s",
  settings: "command",
} as const satisfies Record<CauseName, string>;

export const reading = z
  .strictObject({
    id: recordId,
    boardId,
    boot: count,
    sequence: count,
    meter: count.max(MAX_METER).openapi({ description: "Index of the meter on its board." }),
    endUtcMs: utcMsOrNull,
    uptimeMs: count.openapi({ description: "End of the interval, ms since the boot that made the record." }),
    currentMa: integer.openapi({ description: "Mean current; positive is import." }),
    minCurrentMa: integer,
    maxCurrentMa: integer,
    voltageMv: integer,
    powerMw: integer.openapi({ description: "Mean current times mean voltage, rounded; positive is import." }),
    importMwh: count.openapi({ description: "Energy imported over the meter's life." }),
    exportMwh: count.openapi({ description: "Energy exported over the meter's life." }),
    closedRelays: z.array(integer.min(1).max(4)).openapi({ description: "Numbers of the closed relays: 1 is K1.", example: [2] }),
    flags: z.array(flagName),
    chargePermille: integer.min(0).max(1000).nullable().openapi({ description: "Battery charge; null on other meters." }),
    batchNumber: count.nullable().openapi({ description: "The batch that commits it to the chain; null until one does." }),
  })
  .openapi("Reading");
export type Reading = z.infer<typeof reading>;

export const boardEvent = z
  .strictObject({
    id: recordId,
    boardId,
    utcMs: utcMsOrNull,
    uptimeMs: count,
    cause: causeName,
    source: sourceName,
    value: integer.openapi({ description: "What was measured, in `unit`." }),
    limit: integer.openapi({ description: "The limit that it met, in `unit`; 0 where there is none." }),
    unit: z.enum(["permille", "mA", "mV", "channel", "flags", "s", "command"]).openapi({ description: "Unit of `value` and `limit`." }),
  })
  .openapi("BoardEvent");
export type BoardEvent = z.infer<typeof boardEvent>;

export const readingQuery = z.strictObject({
  boardId: boardId.optional(),
  meter: integerText(0, MAX_METER, "Index of the meter on its board.").optional(),
  fromUtcMs: integerText(0, Number.MAX_SAFE_INTEGER, "Readings that ended at or after this.").optional(),
  toUtcMs: integerText(0, Number.MAX_SAFE_INTEGER, "Readings that ended before this.").optional(),
  ...pageQuery,
});
export const readingPage = page(reading).openapi("ReadingPage");

export const latestReadings = z.strictObject({ items: z.array(reading) }).openapi("LatestReadings");

export const eventQuery = z.strictObject({ boardId: boardId.optional(), ...pageQuery });
export const eventPage = page(boardEvent).openapi("EventPage");

const CAUSE_NAMES = new Map<Cause, CauseName>(namesOf(CAUSE).map((name) => [CAUSE[name], name]));
const SOURCE_NAMES = new Map<Source, SourceName>(namesOf(SOURCE).map((name) => [SOURCE[name], name]));

/** @throws on a number that is no cause: the store holds only what the wire's decoder let through. */
export function causeNameOf(cause: Cause): CauseName {
  const name = CAUSE_NAMES.get(cause);
  if (name === undefined) throw new Error(`records: no cause ${cause}`);
  return name;
}

/** @throws on a number that is no source. */
export function sourceNameOf(source: Source): SourceName {
  const name = SOURCE_NAMES.get(source);
  if (name === undefined) throw new Error(`records: no source ${source}`);
  return name;
}
