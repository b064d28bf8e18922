/**
 * Relays: pulled in at the lowest supply, silent while the ESP32 starts, harmless when they let go.
 * @module
 */
import { OUTPUT_HIGH_SHARE, OUTPUT_MAX_MA, PULL_UP_OHM } from "../../module.ts";
import { partOf } from "../../parts.ts";
import { first, simulate, sources, vector, volts } from "../bench.ts";
import type { Experiment, Measurement } from "../bench.ts";

/** Copper at 50 °C ambient with the coil's own 35 K, and the coil's tolerance of 10 %. */
const HOT = 1 + 0.0039 * 65;
const TOLERANCE = 0.1;
/** Output resistance of a pin that still gives its least high level at 2 mA. */
const PIN_OHM = 50;

/** Lowest rail, hottest and highest coil, weakest transistor, weakest pin. */
export const saturation: Experiment = async (bench) => {
  const results: Measurement[] = [];
  for (const { name, gpio, part, driver } of bench.spec.relays) {
    const { coilOhm = 0, pullInPermille = 0 } = partOf(part).ratings;
    const options = {
      railVolts: bench.spec.supply.railMv[0] / 1000,
      coilOhm: coilOhm * HOT * (1 + TOLERANCE),
      gain: partOf(driver).ratings.gain ?? 0,
      gpio: { [gpio]: { volts: 3.3 * OUTPUT_HIGH_SHARE, ohm: PIN_OHM } },
    };
    const vectors = await simulate(bench, { options, stimulus: sources(12, 12), analysis: ".op" });
    const coil = first(volts(vectors, "V5")) - first(volts(vectors, `${name}_COIL`));
    // The current that pulls in stays; the voltage for it grows with the copper's resistance.
    const needed = 5 * (pullInPermille / 1000) * HOT;
    results.push({ what: `${name} at the lowest supply: coil`, value: coil, unit: "V", min: Number(needed.toFixed(2)), max: 5.5 });
    results.push({
      what: `${name} at the lowest supply: transistor`,
      value: first(volts(vectors, `${name}_COIL`)),
      unit: "V",
      min: 0,
      max: 0.4,
    });
    const base = (first(volts(vectors, `${name}_GPIO`)) - first(volts(vectors, `${name}_BASE`))) / 1000;
    results.push({ what: `${name}: base current`, value: base * 1000, unit: "mA", min: 1, max: OUTPUT_MAX_MA });
  }
  return results;
};

/** The strongest internal pull-up at a relay's pin must not close it. */
export const boot: Experiment = async (bench) => {
  const results: Measurement[] = [];
  for (const { name, gpio, part, driver } of bench.spec.relays) {
    const { coilOhm = 1, dropOutPermille = 0 } = partOf(part).ratings;
    const options = { gpio: { [gpio]: { volts: 3.3, ohm: PULL_UP_OHM[0] } }, gain: 6 * (partOf(driver).ratings.gain ?? 0) };
    const vectors = await simulate(bench, { options, stimulus: sources(12, 12), analysis: ".op" });
    const coilMa = ((first(volts(vectors, "V5")) - first(volts(vectors, `${name}_COIL`))) / coilOhm) * 1000;
    // Below half of what pulls in; a coil that never pulled in needs no more than that.
    const pullInMa = (5000 / coilOhm) * ((partOf(part).ratings.pullInPermille ?? 0) / 1000);
    results.push({
      what: `${name} with the pull-up of a starting chip: coil`,
      value: coilMa,
      unit: "mA",
      min: -1,
      max: Number((pullInMa / 2).toFixed(1)),
    });
    const openMa = ((5000 / coilOhm) * dropOutPermille) / 1000;
    const still = await simulate(bench, { stimulus: sources(12, 12), analysis: ".op" });
    const idleMa = ((first(volts(still, "V5")) - first(volts(still, `${name}_COIL`))) / coilOhm) * 1000;
    results.push({ what: `${name} with an open pin: coil`, value: idleMa, unit: "mA", min: -1, max: Number(openMa.toFixed(1)) });
  }
  return results;
};

/** Switching off: the coil's current finds its way through the diode. */
export const flyback: Experiment = async (bench) => {
  const results: Measurement[] = [];
  for (const { name, gpio, driver } of bench.spec.relays) {
    const options = { gpio: { [gpio]: "PULSE(3.3 0 0.2m 100n 100n 50m 1)" } };
    const vectors = await simulate(bench, { options, stimulus: sources(12, 12), analysis: ".tran 20u 2m 0 20u" });
    const most = (partOf(driver).ratings.voltageMv ?? 0) / 1000;
    results.push({
      what: `${name} lets go: collector`,
      value: Math.max(...volts(vectors, `${name}_COIL`)),
      unit: "V",
      min: 0,
      max: Math.min(most, 8),
    });
    const coil = vector(vectors, `i(l${name.toLowerCase()})`).map(Math.abs);
    results.push({ what: `${name}: coil current`, value: Math.max(...coil) * 1000, unit: "mA", min: 60, max: 80 });
  }
  return results;
};
