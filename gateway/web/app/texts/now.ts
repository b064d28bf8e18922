/**
 * Texts of the page "now".
 * @module
 */
import type { BoardEvent, CauseName, SourceName } from "#gateway/api/schemas/records.ts";
import { amperes, percent, volts } from "../format.ts";
import { common } from "./common.ts";

type Role = "consumer" | "producer";

const CAUSES: Record<CauseName, (event: BoardEvent) => string> = {
  boot: () => "the board started.",
  batteryLow: ({ value, limit }) => `battery ${percent(value)}, at or below your limit of ${percent(limit)}.`,
  batteryRecovered: ({ value, limit }) => `battery ${percent(value)}, at or above your limit of ${percent(limit)}.`,
  reserveReached: ({ value, limit }) => `battery ${percent(value)}, at or below your reserve of ${percent(limit)}.`,
  reserveRecovered: ({ value, limit }) => `battery ${percent(value)}, at or above your limit of ${percent(limit)} for giving.`,
  overCurrent: ({ value, limit }) => `${amperes(value)}, above the trip limit of ${amperes(limit)}. Look for a short circuit or too large a load.`,
  sensorFault: ({ value }) => `the sensor on channel ${value} is stale or implausible. Check its wiring.`,
  sensorRecovered: ({ value }) => `all sensors are plausible again, channel ${value} was the last.`,
  busDead: ({ value, limit }) => `the neighbours’ bus carries ${volts(value)}, below ${volts(limit)}.`,
  busLive: ({ value }) => `the neighbours’ bus is live again at ${volts(value)}.`,
  lockoutOver: ({ value, limit }) => `the lock-out is over: ${amperes(value)}, within the trip limit of ${amperes(limit)}.`,
  override: ({ value }) => `held by hand for ${value} s.`,
  overrideOver: () => "no longer held by hand.",
  settings: ({ value }) => `other settings are in force, from command ${value}.`,
};

export const now = {
  flow: {
    home: "Home",
    homeDetail: "sun and loads",
    battery: "Battery",
    bus: "Neighbours",
    rest: "at rest",
    batteryWords: { import: "charging", export: "discharging" },
    busWords: { import: "drawn", export: "given" },
  },
  flowSummary: (battery: string, bus: string) => `Power now. Battery: ${battery}. Neighbours’ bus: ${bus}.`,
  source: (source: SourceName) => common.sources[source],
  /** Why the relays are as they are, in one sentence. */
  reason: (event: BoardEvent, time: string | null) =>
    `${common.sources[event.source]} since ${time ?? "a time before the board met the gateway"}: ${CAUSES[event.cause](event)}`,
  noReason: "The board has not said yet which supply it has closed.",
  announce: (board: string, event: BoardEvent) => `${board}: ${common.sources[event.source]}. ${CAUSES[event.cause](event)}`,
  relayClosed: "closed",
  relayOpen: "open",
  relayUnknown: "not known",
  relays: {
    consumer: ["own battery to load", "bus to load"],
    producer: ["own battery to load", "own battery to bus"],
  } satisfies Record<Role, string[]>,
  charge: "Battery charge",
  marks: {
    low: (limit: string) => `to the bus at ${limit}`,
    high: (limit: string) => `back at ${limit}`,
    reserve: (limit: string) => `stops giving at ${limit}`,
    giveAbove: (limit: string) => `gives from ${limit}`,
  },

  board: (name: string) => `Board “${name}”`,
  age: (age: string) => `measured ${age} ago`,
  silent: (age: string) => `Silent for ${age}: check its power and Wi-Fi. It keeps what it measures and sends it later; its relays work on.`,
  neverHeard: "Nothing heard of it yet: check its power, its Wi-Fi and the gateway’s address in its settings.",
  waiting: (boardIds: string) => `Not admitted to this home, but sending: ${boardIds}. If it is yours, admit it; if not, leave it: nothing of it is kept.`,
  noBoards: "No board is admitted to this home yet. It appears here as soon as one is.",
  imported: { load: "used", generation: "used", battery: "charged", bus: "drawn" },
  exported: { load: "given back", generation: "generated", battery: "discharged", bus: "given" },
  sparkline: (minutes: number, low: string, high: string) => `Power in the last ${minutes} minutes, from ${low} to ${high}`,
  sparklineEmpty: "No reading in the last minutes",
  sparklineSpan: (minutes: number) => `${minutes} min`,
  suspect: "A sensor was stale or out of range in this interval; its energy was not counted in full.",

  slot: "Settlement slot",
  slotCountdown: (left: string) => `closes in ${left}`,
  slotDetail: (slot: number, length: string) => `Slot ${slot}. Every ${length} the counters are cut and committed to the chain.`,

};
