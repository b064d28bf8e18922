/**
 * The electrical network of all homes at one instant. Each home has three nodes:
 *
 *     panel ─┐
 *     battery┴─ own ──K1── load          consumer: bus ──K2── load
 *                                        producer: own ──K2── bus
 *
 * and the bus nodes of neighbouring homes are joined by a cable.
 * @module
 */
import { restVolts } from "./battery.ts";
import { createCircuit, GROUND } from "./circuit.ts";
import type { Flows, HomeOptions, HomeState } from "./home.ts";
import { loadSiemens, sunShare } from "./profile.ts";

/** Cable between neighbouring homes, there and back. */
export const CABLE_OHM = 0.15;
/** A closed contact with its terminals and fuse. */
const CONTACT_OHM = 0.03;
/** Each measured node carries its divider (120k + 10k); so none hangs in the air. */
const DIVIDER_OHM = 130000;
/** A panel is a current source that ends at its open-circuit voltage; its rated current is into a battery of 12.5 V. */
const PANEL_OPEN_VOLTS = 21;
const PANEL_RATED_VOLTS = 12.5;

const NODES = 3;
const OWN = 0;
const LOAD = 1;
const BUS = 2;

/** All that the network depends on; homes in their order along the bus. */
export interface Instant {
  homes: readonly { options: HomeOptions; state: HomeState }[];
  seed: number;
  timeMs: number;
  timeOfDayMs: number;
}

interface Home {
  options: HomeOptions;
  state: HomeState;
  /** Index of its first node. */
  node: number;
  restVolts: number;
  loadSiemens: number;
  panelSiemens: number;
  /** An empty battery's protection lets nothing out of it. */
  connected: boolean;
}

function homesAt(instant: Instant): Home[] {
  return instant.homes.map(({ options, state }, index) => {
    const sun = state.panelConnected ? sunShare(instant.seed + index, instant.timeOfDayMs) : 0;
    return {
      options,
      state,
      node: index * NODES,
      connected: state.chargeMah > 0,
      restVolts: restVolts(state.chargeMah / options.battery.capacityMah),
      loadSiemens: loadSiemens(options.appliances, instant.timeMs),
      panelSiemens: (options.panelAmps * sun) / (PANEL_OPEN_VOLTS - PANEL_RATED_VOLTS),
    };
  });
}

function solve(homes: readonly Home[]): Float64Array {
  const circuit = createCircuit(NODES * homes.length);
  for (const { options, state, node, restVolts: rest, loadSiemens: load, panelSiemens: panel, connected } of homes) {
    const { internalOhm } = options.battery;
    for (const measured of [OWN, LOAD, BUS]) circuit.conductance(node + measured, GROUND, 1 / DIVIDER_OHM);
    if (connected) {
      circuit.conductance(node + OWN, GROUND, 1 / internalOhm);
      circuit.current(GROUND, node + OWN, rest / internalOhm);
    }
    circuit.conductance(node + OWN, GROUND, panel);
    circuit.current(GROUND, node + OWN, panel * PANEL_OPEN_VOLTS);
    circuit.conductance(node + LOAD, GROUND, load);
    if (state.k1.closed) circuit.conductance(node + OWN, node + LOAD, 1 / CONTACT_OHM);
    if (state.k2.closed) circuit.conductance(node + (options.role === "consumer" ? LOAD : OWN), node + BUS, 1 / CONTACT_OHM);
    if (node > 0) circuit.conductance(node - NODES + BUS, node + BUS, 1 / CABLE_OHM);
  }
  return circuit.solve();
}

/** Solves the network: currents and voltages of all homes, in their order, that fit each other. */
export function solveGrid(instant: Instant): Flows[] {
  const homes = homesAt(instant);
  let volts = solve(homes);
  // An empty battery takes part only where others lift its node above it. Joining it lowers nodes, so each may also have to leave again.
  for (let turn = 0; turn < 2 * homes.length; turn++) {
    const wrong = homes.find((home) => home.state.chargeMah <= 0 && home.connected !== (volts[home.node + OWN] ?? 0) > home.restVolts);
    if (wrong === undefined) break;
    wrong.connected = !wrong.connected;
    volts = solve(homes);
  }
  return homes.map((home) => flowsOf(home, volts));
}

function flowsOf({ options, state, node, restVolts: rest, ...home }: Home, volts: Float64Array): Flows {
  const [own, load, bus] = [volts[node + OWN] ?? 0, volts[node + LOAD] ?? 0, volts[node + BUS] ?? 0];
  return {
    batteryAmps: home.connected ? (own - rest) / options.battery.internalOhm : 0,
    busAmps: state.k2.closed ? (bus - (options.role === "consumer" ? load : own)) / CONTACT_OHM : 0,
    batteryVolts: own,
    busVolts: bus,
    loadVolts: load,
    loadAmps: load * home.loadSiemens,
    panelAmps: home.panelSiemens * (PANEL_OPEN_VOLTS - own),
  };
}

/** Power in W that the network turns to heat in resistances, cable and dividers: all but the appliances. */
export function lossWatts(instant: Instant, all: readonly Flows[]): number {
  let watts = 0;
  instant.homes.forEach(({ options, state }, index) => {
    const flow = all[index];
    if (flow === undefined) return;
    watts += flow.batteryAmps ** 2 * options.battery.internalOhm;
    watts += (flow.batteryVolts ** 2 + flow.loadVolts ** 2 + flow.busVolts ** 2) / DIVIDER_OHM;
    if (state.k1.closed) watts += (flow.batteryVolts - flow.loadVolts) ** 2 / CONTACT_OHM;
    if (state.k2.closed) watts += flow.busAmps ** 2 * CONTACT_OHM;
    const before = all[index - 1];
    if (before !== undefined) watts += (before.busVolts - flow.busVolts) ** 2 / CABLE_OHM;
  });
  return watts;
}
