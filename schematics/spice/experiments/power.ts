/**
 * Power: the supply at its limits, a short circuit at the load, the wire between homes.
 * @module
 */
import { partOf } from "../../parts.ts";
import { first, simulate, sources, vector, volts } from "../bench.ts";
import type { Experiment } from "../bench.ts";
import { node } from "../cards.ts";

/** Resistivity of copper in Ω·mm²/m, and the wire that the guide asks for. */
const COPPER = 0.0175;
const WIRE_MM2 = 2.5;
/** From battery to board and back. */
const CABLE_M = 3;
/** A²s that 2.5 mm² of copper with PVC bears (IEC 60364-4-43: k = 115). */
const WIRE_A2S = (115 * WIRE_MM2) ** 2;

const wireOhm = (metres: number): number => (COPPER * metres) / WIRE_MM2;

/** Everything on 5 V at once, from the emptiest and the fullest battery. */
export const supply: Experiment = async (bench) => {
  const { batteryMv } = bench.spec.limits;
  const { loadMa, railMv, converter, fuse } = bench.spec.supply;
  const results = [];
  for (const mv of batteryMv) {
    const stimulus = [...sources(mv / 1000, 0), `Iall ${node("V5")} 0 DC ${loadMa / 1000}`];
    const vectors = await simulate(bench, { stimulus, analysis: ".op" });
    const [least = 0, most = 0] = partOf(converter).ratings.inputMv ?? [];
    results.push(
      { what: `battery at ${mv / 1000} V: VIN`, value: first(volts(vectors, "VIN")), unit: "V", min: least / 1000, max: most / 1000 },
      {
        what: `battery at ${mv / 1000} V: V5`,
        value: first(volts(vectors, "V5")),
        unit: "V",
        min: railMv[0] / 1000,
        max: railMv[2] / 1000,
      },
      {
        what: `battery at ${mv / 1000} V: supply current`,
        value: -first(vector(vectors, "i(vbattery)")),
        unit: "A",
        min: 0,
        max: ((partOf(fuse).ratings.currentMa ?? 0) / 1000) * 0.75,
      },
    );
  }
  return results;
};

/** The load's terminals shorted, with a car battery behind 2.5 mm²: the fuse melts long before the wire. */
export const shortCircuit: Experiment = async (bench) => {
  const results = [];
  for (const { name, from, fuse } of bench.spec.relays) {
    const source = `${from}_SOURCE`;
    const other = from === "BATT" ? [] : [`Vbattery ${node("BATT")} 0 DC 12.8`];
    const stimulus = [
      `Vcell cell 0 DC 12.8`,
      `Rcell cell post 0.01`,
      `Rcable post ${node(source)} ${wireOhm(CABLE_M)}`,
      `Rshort ${node("LOAD")} 0 0.005`,
      ...other,
    ];
    const vectors = await simulate(bench, { options: { closed: [name] }, stimulus, analysis: ".op" });
    const amps = -first(vector(vectors, "i(vcell)"));
    const { meltA2s = 0, currentMa = 0 } = partOf(fuse).ratings;
    results.push(
      { what: `short behind ${name}: current`, value: amps, unit: "A", min: (10 * currentMa) / 1000, max: 1000 },
      { what: `short behind ${name}: the fuse melts within`, value: (meltA2s / amps ** 2) * 1000, unit: "ms", min: 0, max: 100 },
      { what: `short behind ${name}: share of what the wire bears`, value: meltA2s / WIRE_A2S, unit: "", min: 0, max: 0.01 },
    );
  }
  return results;
};

/** Full current from the bus's end to the load, 10 m away: what is lost on the way. */
export const wire: Experiment = async (bench) => {
  const amps = bench.spec.limits.currentMa / 1000;
  const stimulus = [
    "Vhome home 0 DC 12.8",
    `Rwire home ${node("BUS_SOURCE")} ${wireOhm(2 * 10)}`,
    `Vbattery ${node("BATT")} 0 DC 12.8`,
    `Iload ${node("LOAD")} 0 DC ${amps}`,
  ];
  const vectors = await simulate(bench, { options: { closed: ["K2"] }, stimulus, analysis: ".op" });
  return [
    {
      what: "10 m of bus at full current: lost in the wire",
      value: 12.8 - first(volts(vectors, "BUS_SOURCE")),
      unit: "V",
      min: 0,
      max: 0.8,
    },
    {
      what: "full current: lost between terminal and load",
      value: first(volts(vectors, "BUS")) - first(volts(vectors, "LOAD")),
      unit: "V",
      min: 0,
      max: 0.4,
    },
  ];
};
