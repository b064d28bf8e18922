/**
 * Nets as such: none with one pin, no pin left open by mistake, every supply pin on its supply, contacts apart from the logic.
 * @module
 */
import { netsOf, partsOfKind } from "../netlist.ts";
import { partOf } from "../parts.ts";
import type { PartKind } from "../parts.ts";
import { powerNets } from "../export/wiring.ts";
import type { Check } from "./check.ts";

export const noSinglePinNet: Check = ({ netlist }) =>
  [...netsOf(netlist)].flatMap(([net, [only, ...others]]) =>
    only && others.length === 0 ? [`${net} ends at ${only.ref}.${only.pin}`] : [],
  );

/** Pins that may stay open. */
const OPEN: Partial<Record<PartKind, readonly string[]>> = { relay: ["NC"], monitor: ["ALERT"] };

export const openPinsMeant: Check = ({ netlist }) =>
  netlist.parts.flatMap(({ ref, part, pins }) => {
    const { kind, pins: leads } = partOf(part);
    const missing = leads.filter((pin) => (pins[pin] ?? null) === null && !OPEN[kind]?.includes(pin));
    return missing.map((pin) => `${ref}.${pin} is open`);
  });

/** Where the supply pins of each kind belong. */
const SUPPLIES: Partial<Record<PartKind, Readonly<Record<string, string>>>> = {
  module: { "5V": "V5", "3V3": "3V3", GND1: "GND", GND2: "GND", GND3: "GND" },
  hall: { VCC: "V5", GND: "GND" },
  monitor: { VS: "3V3", GND: "GND" },
  buck: { VIN: "VIN", VOUT: "V5", GND: "GND" },
  terminal: { "-": "GND" },
  led: { K: "GND" },
  npn: { E: "GND" },
};

export const supplyPins: Check = ({ netlist }) =>
  netlist.parts.flatMap(({ ref, part, pins }) =>
    Object.entries(SUPPLIES[partOf(part).kind] ?? {}).flatMap(([pin, net]) =>
      pins[pin] === net ? [] : [`${ref}.${pin} is on ${pins[pin]}, not on ${net}`],
    ),
  );

/** Kinds that may join the power path to the logic: they insulate, protect, or let pass microamperes. */
const BRIDGES: readonly PartKind[] = ["relay", "hall", "tvs", "monitor", "fuse", "shunt", "terminal", "lug"];
/** Least resistance from the power path into the logic, but for the sense wires of a shunt. */
const BRIDGE_OHM = 10_000;

export const contactsIsolated: Check = ({ spec, netlist }) => {
  const power = powerNets(spec).filter((net) => net !== "GND");
  return netlist.parts.flatMap(({ ref, part, value, pins }) => {
    const nets = Object.values(pins).filter((net): net is string => net !== null);
    const inside = nets.filter((net) => power.includes(net));
    const outside = nets.filter((net) => !power.includes(net) && net !== "GND");
    if (inside.length === 0 || outside.length === 0) return [];
    const { kind } = partOf(part);
    const passes = BRIDGES.includes(kind) || (kind === "resistor" && (value ?? 0) >= BRIDGE_OHM);
    return passes ? [] : [`${ref} joins ${inside[0]} of the power path to ${outside[0]}`];
  });
};

export const contactPath: Check = ({ spec, netlist }) => {
  const relays = spec.relays.flatMap(({ name, from, to }) => {
    const pins = netlist.parts.find(({ ref }) => ref === name)?.pins ?? {};
    const wanted = { COM: from, NO: to, NC: null, A1: "V5", A2: `${name}_COIL` };
    return Object.entries(wanted).flatMap(([pin, net]) => (pins[pin] === net ? [] : [`${name}.${pin} is on ${pins[pin]}, not on ${net}`]));
  });
  const sensors = [...partsOfKind(netlist, "hall"), ...partsOfKind(netlist, "shunt")];
  const paths = spec.relays.flatMap(({ name, to }) => {
    const fits = sensors.some(({ pins }) => (pins["IP+"] ?? pins["I+"]) === to && (pins["IP-"] ?? pins["I-"]) === "LOAD");
    return fits ? [] : [`no sensor leads from ${name} (${to}) to LOAD in that direction`];
  });
  return [...relays, ...paths];
};
