/**
 * What must do no harm: a surge of 100 V at a terminal, a battery the wrong way round.
 * @module
 */
import { partOf } from "../../parts.ts";
import { PIN_ABOVE_MV, PIN_BELOW_MV } from "../../module.ts";
import { gpioNet, partsOfKind } from "../../netlist.ts";
import { first, simulate, sources, vector, volts } from "../bench.ts";
import type { Bench, Experiment, Measurement } from "../bench.ts";
import { node } from "../cards.ts";

/** Nets of the module's analog pins, and of the power monitors' sensing pins, with what each bears in V. */
function sensitive(bench: Bench): { net: string; min: number; max: number }[] {
  const { spec, netlist } = bench;
  const analog = [...spec.halls, ...spec.dividers].flatMap(({ gpio }) => {
    const net = gpioNet(netlist, gpio);
    return net === null ? [] : [{ net, min: -PIN_BELOW_MV / 1000, max: 3.3 + PIN_ABOVE_MV / 1000 }];
  });
  const monitors = partsOfKind(netlist, "monitor").flatMap(({ part, pins }) => {
    const [min, max] = partOf(part).ratings.senseMv ?? [0, 0];
    return ["IN+", "IN-", "VBUS"].flatMap((pin) => {
      const net = pins[pin];
      // Up to 50 mV more at the lower end: the current is limited to milliamperes, which its own diode bears.
      return net ? [{ net, min: min / 1000 - 0.05, max: max / 1000 }] : [];
    });
  });
  return [...analog, ...monitors];
}

const round = (value: number): number => Number(value.toPrecision(4));

/** The surge of the definition at both terminals in turn, both contacts closed. */
export const surge: Experiment = async (bench) => {
  const { spec } = bench;
  const { mv, ohm, us } = spec.limits.surge;
  const converter = partOf(spec.supply.converter).ratings.inputMv?.[1] ?? 0;
  const results: Measurement[] = [];
  for (const { from } of spec.relays) {
    const battery = 14;
    const pulse = `PULSE(${battery} ${mv / 1000} 10u 1u 1u ${us}u 1)`;
    const stimulus = [`Vsurge surge 0 ${pulse}`, `Rsurge surge ${node(from)} ${ohm}`, `Rload ${node("LOAD")} 0 10`];
    if (from !== "BATT") stimulus.push(`Vbattery ${node("BATT")} 0 DC ${battery}`);
    const setup = { options: { closed: from === "BATT" ? ["K1"] : ["K2"] }, stimulus, analysis: ".tran 0.2u 200u" };
    const vectors = await simulate(bench, setup);
    const most = (net: string): number => Math.max(...volts(vectors, net));
    for (const { net, max } of sensitive(bench))
      results.push({ what: `100 V at ${from}: highest ${net}`, value: most(net), unit: "V", min: 0, max: round(max) });
    results.push({ what: `100 V at ${from}: highest VIN`, value: most("VIN"), unit: "V", min: 0, max: converter / 1000 });
    const clamped = (partOf(spec.supply.surgeDiode).ratings.clampMv ?? 0) / 1000;
    results.push({ what: `100 V at ${from}: highest ${from}`, value: most(from), unit: "V", min: 0, max: round(clamped * 1.02) });
  }
  return results;
};

/** Battery, then bus, the wrong way round: nothing blows, nothing wakes. */
export const reversed: Experiment = async (bench) => {
  const { batteryMv } = bench.spec.limits;
  const results: Measurement[] = [];
  for (const { from } of bench.spec.relays) {
    const lowest = -batteryMv[1] / 1000;
    const stimulus = from === "BATT" ? sources(lowest, 0) : sources(14, lowest);
    const vectors = await simulate(bench, { stimulus, analysis: ".op" });
    for (const { net, min } of sensitive(bench))
      results.push({ what: `${from} reversed: ${net}`, value: first(volts(vectors, net)), unit: "V", min: round(min), max: 29 });
    const drawn = Math.abs(first(vector(vectors, from === "BATT" ? "i(vbattery)" : "i(vbus)"))) * 1000;
    results.push({ what: `${from} reversed: current`, value: drawn, unit: "mA", min: 0, max: 10 });
    const converter = partsOfKind(bench.netlist, "buck")[0]?.pins["VIN"] ?? "VIN";
    results.push({
      what: `${from} reversed: the converter's input`,
      value: first(volts(vectors, converter)),
      unit: "V",
      min: -0.3,
      max: 29,
    });
    if (from === "BATT") results.push({ what: "BATT reversed: V5", value: first(volts(vectors, "V5")), unit: "V", min: -0.1, max: 0.1 });
  }
  return results;
};
