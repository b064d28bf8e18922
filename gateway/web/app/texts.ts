/**
 * Every text of the dashboard.
 * @module
 */
import type { BoardEvent, CauseName, SourceName } from "#gateway/api/schemas/records.ts";
import { amperes, percent, volts } from "./format.ts";

type Role = "consumer" | "producer";

/** Which supply is closed, as the start of a sentence. */
const SOURCES: Record<SourceName, string> = {
  off: "Switched off",
  own: "On your own battery",
  bus: "On the neighbours’ bus",
  keep: "Keeping its energy",
  give: "Giving to the neighbours’ bus",
};

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

export const texts = {
  title: (name: string) => `${name} · DAISEE`,
  roles: { consumer: "draws on neighbours", producer: "gives to neighbours" } satisfies Record<Role, string>,
  connection: { connecting: "Connecting", live: "Live", lost: "Not connected" },
  lost: (since: string | null) =>
    `The gateway does not answer. Trying again by itself${since === null ? "." : `; what you see is from ${since}.`} ` +
    "If it stays away, check that it runs on this machine.",
  loading: "Reading from the gateway …",
  theme: { auto: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" },
  chainAway: (detail: string | null) =>
    `The chain does not answer${detail === null ? "" : ` (${detail})`}. Measuring and switching go on; batches wait and are sent when it is back.`,

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
  noValue: "–",
  source: (source: SourceName) => SOURCES[source],
  /** Why the relays are as they are, in one sentence. */
  reason: (event: BoardEvent, time: string | null) =>
    `${SOURCES[event.source]} since ${time ?? "a time before the board met the gateway"}: ${CAUSES[event.cause](event)}`,
  noReason: "The board has not said yet which supply it has closed.",
  announce: (board: string, event: BoardEvent) => `${board}: ${SOURCES[event.source]}. ${CAUSES[event.cause](event)}`,
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
  meterKinds: { load: "Load", generation: "Generation", battery: "Battery", bus: "Neighbours’ bus" },
  imported: { load: "used", generation: "used", battery: "charged", bus: "drawn" },
  exported: { load: "given back", generation: "generated", battery: "discharged", bus: "given" },
  sparkline: (minutes: number, low: string, high: string) => `Power in the last ${minutes} minutes, from ${low} to ${high}`,
  sparklineEmpty: "No reading in the last minutes",
  sparklineSpan: (minutes: number) => `${minutes} min`,
  suspect: "A sensor was stale or out of range in this interval; its energy was not counted in full.",

  slot: "Settlement slot",
  slotCountdown: (left: string) => `closes in ${left}`,
  slotDetail: (slot: number, length: string) => `Slot ${slot}. Every ${length} the counters are cut and committed to the chain.`,

  batches: "Your batches",
  batchColumns: { number: "Batch", period: "Readings from", readings: "Readings", state: "State", transaction: "Transaction", block: "Block" },
  noBatches: "No batch yet. The first one is made when a slot closes.",
  states: { signed: "signed", mined: "mined", final: "final", reverted: "refused" },
  stateHelp: {
    signed: "Stored here and on its way to the chain.",
    mined: "In a block; it counts when that block stays.",
    final: "On the chain for good.",
    reverted: "The contract refused it: see the gateway’s log.",
  },
  copy: (hash: string) => `Copy ${hash}`,
  copied: "Copied",

  neighbours: "On the chain",
  neighboursDetail: "What every home put there, read from the chain’s own events.",
  home: (node: number) => `Home ${node}`,
  you: "you",
  noNeighbours: "No home has written to the chain yet.",
  nothingCommitted: "Nothing committed yet.",
  lastSlot: (slot: number) => `slot ${slot}`,
  slotIn: "in",
  slotOut: "out",
  firstCheckpoint: "first checkpoint",
  batchLine: (number: number, readings: number) => `Batch ${number}, ${readings} ${readings === 1 ? "reading" : "readings"}`,
  inBlock: (block: number) => `block ${block}`,

  chain: "Chain",
  chainStates: { starting: "starting", following: "in step", away: "away", foreign: "another chain" },
  head: "Newest block",
  headAge: (age: string) => `${age} old`,
  chainId: "Chain id",
  ledgerContract: "Energy ledger",
  registryContract: "Meter registry",
  openTransactions: "Waiting transactions",
  reverted: (count: number) => `${count} ${count === 1 ? "transaction was" : "transactions were"} refused by the contract since the start.`,
  refused: (count: number) => `${count} ${count === 1 ? "checkpoint was" : "checkpoints were"} left out: the contract would refuse them.`,
};
