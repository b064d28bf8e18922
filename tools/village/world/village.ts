/**
 * The demo's world: a consumer whose small battery is about to run low, and a producer with sun and a mostly full one.
 * @module
 */
import type { BatterySettings } from "#firmware/core/settings.ts";
import { between, createRandom } from "#tools/virtual-board/random.ts";
import { shareAtRest } from "./battery.ts";
import type { HomeOptions, Role } from "./home.ts";
import type { Appliance } from "./profile.ts";
import { openRelay } from "./relay.ts";
import { createWorld } from "./world.ts";
import type { World, WorldState } from "./world.ts";

/** A home as its board's settings describe it. */
export interface VillageHome {
  name: string;
  role: Role;
  battery: BatterySettings;
  /** Limit at which a consumer moves to the bus. */
  lowPermille: number;
}

export interface VillageWorldOptions {
  seed: number;
  homes?: readonly VillageHome[];
  /** Goes on from what {@link World.exportState} gave. */
  state?: WorldState;
}

export const DEMO_HOMES: readonly VillageHome[] = [
  {
    name: "consumer",
    role: "consumer",
    battery: { capacityMah: 1200, emptyMv: 11600, fullMv: 12700, internalMilliohm: 60 },
    lowPermille: 250,
  },
  {
    name: "producer",
    role: "producer",
    battery: { capacityMah: 7000, emptyMv: 11600, fullMv: 12700, internalMilliohm: 25 },
    lowPermille: 250,
  },
];

/** Ten in the morning: sun for both, and a day to come. */
const START_TIME_OF_DAY_MS = 10 * 3600000;
/** The consumer starts so far above its limit, in time at what its load takes of the battery beside the sun: then its board switches. */
const TIME_TO_LIMIT_MS = 14000;
const CONSUMER_AMPS = 2.7;
const PRODUCER_START_SHARE = 0.85;
const CHARGE_EFFICIENCY = 0.92;
const HOUR_MS = 3600000;

/** Lights and pumps of about 12 V; `[ohm, seconds on, seconds of a period]`. */
const APPLIANCES: Record<Role, readonly (readonly [ohm: number, onS: number, periodS: number])[]> = {
  consumer: [
    [4.2, 1, 1],
    [60, 20, 45],
    [80, 60, 150],
  ],
  producer: [
    [24, 1, 1],
    [16, 30, 100],
  ],
};

function appliances(seed: number, role: Role): Appliance[] {
  const random = createRandom(seed, 4);
  return APPLIANCES[role].map(([ohm, onS, periodS]) => ({
    ohm,
    onMs: onS * 1000,
    periodMs: periodS * 1000,
    phaseMs: Math.floor(between(random, 0, periodS * 1000)),
  }));
}

/** The share at which the board, which takes charge for proportional to voltage at rest, reads a little more than its limit. */
function consumerStartShare({ battery, lowPermille }: VillageHome): number {
  const { emptyMv, fullMv, capacityMah } = battery;
  const marginShare = (CONSUMER_AMPS * 1000 * TIME_TO_LIMIT_MS) / HOUR_MS / capacityMah;
  const restMv = emptyMv + (fullMv - emptyMv) * (lowPermille / 1000 + marginShare);
  return shareAtRest(restMv / 1000);
}

function homeOptions(home: VillageHome, seed: number): HomeOptions {
  const { name, role, battery } = home;
  const consumer = role === "consumer";
  return {
    name,
    role,
    battery: {
      capacityMah: battery.capacityMah,
      internalOhm: battery.internalMilliohm / 1000,
      chargeEfficiency: CHARGE_EFFICIENCY,
    },
    startShare: consumer ? consumerStartShare(home) : PRODUCER_START_SHARE,
    panelAmps: consumer ? 0.4 : 4,
    appliances: appliances(seed, role),
  };
}

/** While the village stood still its boards had no power, so their relays dropped out. */
function withoutPower(state: WorldState): WorldState {
  const homes = Object.entries(state.homes).map(([name, home]) => [name, { ...home, k1: openRelay(), k2: openRelay() }] as const);
  return { ...state, homes: Object.fromEntries(homes) };
}

/** The world of the demo, new or continued with all relays open. Throws when the kept state is of other homes. */
export function createVillageWorld({ seed, homes = DEMO_HOMES, state }: VillageWorldOptions): World {
  return createWorld(
    { seed, homes: homes.map((home, index) => homeOptions(home, seed + index)), startTimeOfDayMs: START_TIME_OF_DAY_MS },
    state && withoutPower(state),
  );
}
