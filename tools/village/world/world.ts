/**
 * The physics of a village: batteries, sun, appliances, relays and the bus between the homes, moved on in steps of milliseconds. Pure:
 * the same seed and the same pin changes give the same history.
 * @module
 */
import { RELAYS } from "#firmware/core/board.ts";
import { charge, emptyAfterMs, storedMwh } from "./battery.ts";
import { lossWatts, solveGrid } from "./grid.ts";
import type { Instant } from "./grid.ts";
import { startState } from "./home.ts";
import type { Flows, HomeOptions, HomeState } from "./home.ts";
import { setCoil, settle } from "./relay.ts";
import { createSensors } from "./sensors.ts";
import type { Sensors } from "./sensors.ts";

export interface WorldOptions {
  seed: number;
  /** In their order along the bus. */
  homes: readonly HomeOptions[];
  /** Time of day at time 0, in ms since midnight. */
  startTimeOfDayMs: number;
}

/** Sums since the world began, in mWh; they tell whether energy was conserved. */
export interface Energy {
  /** From the panels. */
  sunMwh: number;
  /** Into appliances. */
  loadMwh: number;
  /** Heat in resistances, cables and dividers, and what charging loses. */
  lostMwh: number;
}

/** Everything that changes; JSON. */
export interface WorldState {
  version: 1;
  timeMs: number;
  /** By name. */
  homes: Record<string, HomeState>;
  energy: Energy;
}

/** Homes are named as in the options; an unknown name throws. */
export interface World {
  readonly timeMs: number;
  /** Moves time on by `dtMs` (0 or more). */
  step(dtMs: number): void;
  /** An output pin of a home's board changed its level; pins that drive no relay are passed over. */
  setPin(home: string, pin: string, value: 0 | 1): void;
  /** Voltages at the ADC pins of a home's board, in V, by pin name. */
  volts(home: string): Record<string, number>;
  sensors(home: string): Sensors;
  flows(home: string): Flows;
  /** Charge, contacts and the like; not to be changed. */
  state(home: string): Readonly<HomeState>;
  storedMwh(home: string): number;
  /** A copy, from which {@link createWorld} goes on. */
  exportState(): WorldState;
}

interface Home {
  options: HomeOptions;
  state: HomeState;
  sensors: Sensors;
  flows: Flows;
}

/** Appliances and sun are looked at this often. */
const MAX_STEP_MS = 20;
/** The voltage at rest is taken as constant while a battery's charge moves by this share of its capacity. */
const MAX_STEP_SHARE = 0.002;
const MS_PER_HOUR = 3600000;
/** The charge controller disconnects the panel at full, and connects it again below this share. */
const RECONNECT_SHARE = 0.98;
/** mWh of one W in one ms. */
const MWH_PER_WATT_MS = 1 / 3600;
const NO_FLOW: Flows = { batteryAmps: 0, busAmps: 0, batteryVolts: 0, busVolts: 0, loadVolts: 0, loadAmps: 0, panelAmps: 0 };

/** @param kept goes on from there. Throws when it is of other homes. */
export function createWorld(options: WorldOptions, kept?: WorldState): World {
  const { seed } = options;
  let timeMs = kept?.timeMs ?? 0;
  const energy: Energy = { sunMwh: 0, loadMwh: 0, lostMwh: 0, ...kept?.energy };
  const homes: Home[] = options.homes.map((home, index) => {
    const state = kept === undefined ? startState(home) : kept.homes[home.name];
    if (state === undefined) throw new Error(`world: the kept state has no home "${home.name}"; begin anew`);
    return { options: home, state: structuredClone(state), sensors: createSensors(seed + index), flows: NO_FLOW };
  });

  function homeOf(name: string): Home {
    const home = homes.find((one) => one.options.name === name);
    if (home === undefined) throw new Error(`world: there is no home "${name}"`);
    return home;
  }

  const instant = (): Instant => ({ homes, seed, timeMs, timeOfDayMs: options.startTimeOfDayMs + timeMs });

  function settleContacts(): void {
    for (const { state } of homes) {
      state.k1 = settle(state.k1, timeMs);
      state.k2 = settle(state.k2, timeMs);
    }
    solveGrid(instant()).forEach((flows, index) => {
      const home = homes[index];
      if (home !== undefined) home.flows = flows;
    });
  }

  /** So long that nothing switches and no battery runs empty before: currents are constant in it. */
  function stepLength(leftMs: number): number {
    const changes = homes.flatMap(({ options: { battery }, state, flows }) => [
      ...[state.k1, state.k2].map((relay) => (relay.changesMs[0] ?? Infinity) - timeMs),
      emptyAfterMs(state.chargeMah, flows.batteryAmps),
      (MAX_STEP_SHARE * battery.capacityMah * MS_PER_HOUR) / Math.abs(flows.batteryAmps * 1000),
    ]);
    return Math.min(leftMs, MAX_STEP_MS, ...changes);
  }

  function account(stepMs: number): void {
    const hours = stepMs * MWH_PER_WATT_MS;
    for (const { flows } of homes) {
      energy.sunMwh += flows.panelAmps * flows.batteryVolts * hours;
      energy.loadMwh += flows.loadAmps * flows.loadVolts * hours;
    }
    energy.lostMwh +=
      lossWatts(
        instant(),
        homes.map((home) => home.flows),
      ) * hours;
  }

  function chargeBattery({ options: { battery, role }, state, flows }: Home, stepMs: number): void {
    const emptied = emptyAfterMs(state.chargeMah, flows.batteryAmps) <= stepMs;
    const after = charge(battery, state.chargeMah, flows.batteryAmps, stepMs);
    // Rounding must not leave a rest that takes for ever to go.
    state.chargeMah = emptied ? 0 : after.chargeMah;
    energy.lostMwh += after.lostMwh;
    if (state.chargeMah >= battery.capacityMah) state.panelConnected = false;
    else if (state.chargeMah < battery.capacityMah * RECONNECT_SHARE) state.panelConnected = true;
    if (role === "consumer" && state.k1.closed && state.k2.closed) state.bridgedMs += stepMs;
  }

  function step(dtMs: number): void {
    if (!(dtMs >= 0)) throw new Error(`world: a step of ${dtMs} ms`);
    const endMs = timeMs + dtMs;
    while (timeMs < endMs) {
      const leftMs = endMs - timeMs;
      const stepMs = stepLength(leftMs);
      account(stepMs);
      for (const home of homes) chargeBattery(home, stepMs);
      timeMs = stepMs === leftMs ? endMs : timeMs + stepMs;
      settleContacts();
    }
  }

  function setPin(name: string, pin: string, value: 0 | 1): void {
    const { state } = homeOf(name);
    const relay = RELAYS.indexOf(pin);
    if (relay === 0) state.k1 = setCoil(state.k1, value === 1, timeMs);
    if (relay === 1) state.k2 = setCoil(state.k2, value === 1, timeMs);
  }

  settleContacts();
  return {
    get timeMs() {
      return timeMs;
    },
    step,
    setPin,
    volts(name) {
      const { sensors, flows } = homeOf(name);
      return sensors.volts(flows);
    },
    sensors: (name) => homeOf(name).sensors,
    flows: (name) => homeOf(name).flows,
    state: (name) => homeOf(name).state,
    storedMwh(name) {
      const home = homeOf(name);
      return storedMwh(home.options.battery, home.state.chargeMah);
    },
    exportState: () => ({
      version: 1,
      timeMs,
      homes: Object.fromEntries(homes.map(({ options: { name }, state }) => [name, structuredClone(state)])),
      energy: { ...energy },
    }),
  };
}
