/**
 * Texts of the page "now".
 * @module
 */
import type { BoardEvent, CauseName, SourceName } from "#gateway/api/schemas/records.ts";
import type { PolicySettings } from "#firmware/wire/commands.ts";
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

/** What would change it again, where a limit does. */
function wayBack({ cause }: BoardEvent, role: Role | null, { highPermille, lowPermille, giveAbovePermille, reservePermille }: PolicySettings): string | null {
  if (cause === "batteryLow") return `back at ${percent(highPermille)}`;
  if (cause === "batteryRecovered") return `to the neighbours’ bus at ${percent(lowPermille)}`;
  if (cause === "reserveReached" && role === "producer") return `gives again at ${percent(giveAbovePermille)}`;
  if (cause === "reserveRecovered" && role === "producer") return `stops at ${percent(reservePermille)}`;
  return null;
}

export const now = {
  flow: {
    places: { sun: "Sun", mains: "Mains", battery: "Battery", bus: "Neighbours", load: "Load" },
    /** What a flow into the home and out of it does. */
    words: {
      sun: { in: "from the sun", out: "into the panels" },
      mains: { in: "from the mains", out: "into the mains" },
      battery: { in: "discharging", out: "charging" },
      bus: { in: "from neighbours", out: "to neighbours" },
      load: { in: "given back", out: "used" },
    },
    rest: "at rest",
    unknown: "not known",
    calculated: (word: string) => `${word}, calculated`,
    /** What meters do not tell apart. */
    restUse: "used in the home",
    restSurplus: "surplus of the sun",
    part: (place: string, { power, word }: { power: string; word: string }) => `${place}: ${power} ${word}`,
    summary: (parts: string) => `Power now. ${parts}.`,
  },
  source: (source: SourceName) => common.sources[source],
  /** Why the relays are as they are, in one sentence. */
  reason: (event: BoardEvent, time: string | null, role: Role | null = null, policy: PolicySettings | null = null) => {
    const why = `${common.sources[event.source]} since ${time ?? "a time before the board met the gateway"}: ${CAUSES[event.cause](event)}`;
    const back = policy === null ? null : wayBack(event, role, policy);
    return back === null ? why : `${why.slice(0, -1)}; ${back}.`;
  },
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
  pace: {
    unknown: "How long it lasts shows after some minutes of readings.",
    steady: "At this pace it stays as it is.",
    goals: {
      full: (time: string) => `full in about ${time}`,
      empty: (time: string) => `empty in about ${time}`,
      low: (time: string) => `to the neighbours’ bus in about ${time}`,
      high: (time: string) => `back on your own battery in about ${time}`,
      reserve: (time: string) => `stops giving in about ${time}`,
      give: (time: string) => `gives in about ${time}`,
    },
    /** @param parts what comes next, nearest first. */
    sentence: (parts: string[]) => `At this pace: ${parts.join(", ")}.`,
  },
  marks: {
    low: (limit: string) => `to the bus at ${limit}`,
    high: (limit: string) => `back at ${limit}`,
    reserve: (limit: string) => `stops giving at ${limit}`,
    giveAbove: (limit: string) => `gives from ${limit}`,
  },

  states: { online: "online", silent: "offline", never: "never heard", unknown: "not known", backlog: "catching up" },
  backlog: (records: number) => `It sends what it kept while the gateway was away: ${records} ${records === 1 ? "record waits" : "records wait"}.`,
  override: {
    title: "Hold by hand",
    lead: "The board holds this until the time is over; its protection stays in force. Then its own rules go on.",
    source: "What to hold",
    duration: "For how long",
    submit: "Hold",
    end: "Give back to the board’s rules",
    sources: {
      own: "Own battery",
      bus: "Neighbours’ bus",
      keep: "Keep the energy",
      give: "Give to the neighbours’ bus",
      off: "Everything off",
    },
    asked: (source: string, duration: string, by: string, state: string) => `Asked by ${by}: ${source} for ${duration}. It ${state}.`,
    askedEnd: (by: string, state: string) => `Asked by ${by}: back to the board’s rules. It ${state}.`,
    held: (until: string, left: string) => `Held by hand until ${until}, another ${left}.`,
    refused: (reason: string | null) => `The board refused: ${reason ?? "it gave no reason"}.`,
    expired: (reason: string | null) => `The board was not reached: ${reason ?? "it did not answer in time"}. Ask again once it is online.`,
  },
  board: (name: string) => `Board “${name}”`,
  age: (age: string) => `measured ${age} ago`,
  silent: (age: string) => `Silent for ${age}: check its power and Wi-Fi. It keeps what it measures and sends it later; its relays work on.`,
  neverHeard: "Nothing heard of it yet: check its power, its Wi-Fi and the gateway’s address in its settings.",
  waiting: (boardIds: string) => `Not admitted to this home, but sending: ${boardIds}. If it is yours, admit it under “Boards”; if not, leave it: nothing of it is kept.`,
  noBoards: "No board is admitted to this home yet. It appears here as soon as one is.",
  imported: { load: "used", generation: "used", battery: "charged", bus: "drawn" },
  exported: { load: "given back", generation: "generated", battery: "discharged", bus: "given" },
  sparkline: (minutes: number, low: string, high: string) => `Power in the last ${minutes} minutes, from ${low} to ${high}`,
  sparklineEmpty: "No reading in the last minutes",
  sparklineSpan: (minutes: number) => `${minutes} min`,
  suspect: "A sensor was stale or out of range in this interval; its energy was not counted in full.",

  slot: "Settlement slot",
  slotCountdown: (left: string) => `closes in ${left}`,
  slotEnergy: { import: (energy: string) => `${energy} drawn from neighbours so far`, export: (energy: string) => `${energy} given to neighbours so far` },
  slotNothing: "Nothing drawn or given so far.",
  slotUnknown: "What the bus counted in this slot is not known yet.",
  slotNoExchange: "This gateway has no exchange: what flows is metered and committed, but nobody pays for it yet.",
  slotMoney: {
    cost: (amount: string) => `That costs about ${amount} coin.`,
    earning: (amount: string) => `That earns about ${amount} coin.`,
    basis: (slot: number) => `If your neighbours draw, give and ask as in slot ${slot}, the newest that was settled. A guess that binds nobody.`,
    poolOnly: "At the community’s tariff: no slot was settled yet from which to guess what your neighbours do.",
    unknown: "What it costs or earns is known once the chain was asked for the tariff.",
  },
  slotDetail: (slot: number, length: string) => `Slot ${slot}. Every ${length} the counters are cut and committed to the chain.`,
};
