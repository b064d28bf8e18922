/**
 * Values in the drawing are those of the definition.
 * @module
 */
import { partsBetween } from "../netlist.ts";
import type { Netlist } from "../netlist.ts";
import { partOf } from "../parts.ts";
import type { PartKind } from "../parts.ts";
import type { Check } from "./check.ts";

interface Wanted {
  kind: PartKind;
  between: readonly [string, string];
  value: number;
}

function compare(netlist: Netlist, { kind, between, value }: Wanted): string[] {
  const found = partsBetween(netlist, kind, ...between);
  if (found.length !== 1) return [`${found.length} of a ${kind} between ${between.join(" and ")}, where one belongs`];
  return found.flatMap((part) =>
    part.value === value ? [] : [`${part.ref} between ${between.join(" and ")} is ${part.value}, not ${value}`],
  );
}

export const valuesAsDefined: Check = ({ spec, netlist }) => {
  const dividers = [
    ...spec.halls.map((channel) => ({ ...channel, from: `${channel.name}_OUT` })),
    ...spec.dividers.map((channel) => ({ ...channel, from: channel.node })),
  ].flatMap(({ name, from, upperOhm, lowerOhm, filterNf }): Wanted[] => [
    { kind: "resistor", between: [from, `${name}_ADC`], value: upperOhm },
    { kind: "resistor", between: [`${name}_ADC`, "GND"], value: lowerOhm },
    { kind: "capacitor", between: [`${name}_ADC`, "GND"], value: filterNf },
  ]);
  const monitors = spec.monitors.flatMap(({ name, voltageName, node, voltageSeriesOhm, senseSeriesOhm }): Wanted[] => [
    { kind: "resistor", between: [`${name}_SENSE_P`, `${name}_IN_P`], value: senseSeriesOhm },
    { kind: "resistor", between: [`${name}_SENSE_N`, `${name}_IN_N`], value: senseSeriesOhm },
    { kind: "resistor", between: [node, `${voltageName}_SENSE`], value: voltageSeriesOhm },
    { kind: "capacitor", between: [`${name}_IN_P`, `${name}_IN_N`], value: 100 },
  ]);
  const relays = spec.relays.flatMap(({ name, baseOhm, pullDownOhm }): Wanted[] => [
    { kind: "resistor", between: [`${name}_GPIO`, `${name}_BASE`], value: baseOhm },
    { kind: "resistor", between: [`${name}_GPIO`, "GND"], value: pullDownOhm },
  ]);
  const bus = spec.i2c
    ? ["SDA", "SCL"].map((net): Wanted => ({ kind: "resistor", between: ["3V3", net], value: spec.i2c?.pullUpOhm ?? 0 }))
    : [];
  const led: Wanted = { kind: "resistor", between: ["LED_GPIO", "LED_ANODE"], value: spec.led.ohm };
  const shunts = spec.monitors.flatMap(({ name, shunt, shuntMicroohm }) => {
    const bought = partOf(shunt).ratings.microohm;
    return bought === shuntMicroohm ? [] : [`${name}'s shunt is ${bought} µΩ, the definition says ${shuntMicroohm}`];
  });
  return [...[...dividers, ...monitors, ...relays, ...bus, led].flatMap((wanted) => compare(netlist, wanted)), ...shunts];
};
