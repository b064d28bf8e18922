/**
 * What keeps board and battery whole must be there: fuses first, surge diodes, flyback diodes, clamps, pull-downs.
 * @module
 */
import { partsBetween, partsOfKind, partsOnNet } from "../netlist.ts";
import type { Netlist } from "../netlist.ts";
import type { Check, Design } from "./check.ts";

export const fuseFirst: Check = ({ spec, netlist }) => {
  const cables = spec.relays.flatMap(({ from }) => {
    const source = `${from}_SOURCE`;
    const others = partsOnNet(netlist, source).filter(({ part }) => part !== "lug" && part !== "fuse5a");
    const fused = partsBetween(netlist, "fuse", source, from).length === 1;
    const lugged = partsOnNet(netlist, source, "lug").length === 1;
    return [
      ...(fused && lugged ? [] : [`no fuse between the ring at ${source} and ${from}`]),
      ...others.map(({ ref }) => `${ref} is ahead of the fuse on ${source}`),
    ];
  });
  const supply = partsBetween(netlist, "fuse", "BATT", "FUSED").length === 1 ? [] : ["no fuse between BATT and FUSED"];
  const behind = partsOnNet(netlist, "FUSED").length === 2 ? [] : ["FUSED leads elsewhere than from its fuse to the diode"];
  return [...cables, ...supply, ...behind];
};

export const reverseProtected: Check = ({ spec, netlist }) => {
  const diode = partsOnNet(netlist, "VIN").find(({ part, pins }) => part === spec.supply.reverseDiode && pins["A"] === "FUSED");
  const bypass = partsOnNet(netlist, "VIN").filter(({ pins }) => Object.values(pins).includes("BATT"));
  return [
    ...(diode ? [] : ["no diode from FUSED to VIN blocks a reversed battery"]),
    ...bypass.map(({ ref }) => `${ref} leads past the diode`),
  ];
};

export const surgeProtected: Check = ({ spec, netlist }) =>
  spec.relays.flatMap(({ from }) => (partsBetween(netlist, "tvs", from, "GND").length === 1 ? [] : [`no surge diode from ${from} to GND`]));

function hasDiode(netlist: Netlist, anode: string, cathode: string): boolean {
  return netlist.parts.some(({ pins }) => pins["A"] === anode && pins["K"] === cathode);
}

export const flybackPresent: Check = ({ spec, netlist }) => [
  ...spec.relays.flatMap(({ name }) => (hasDiode(netlist, `${name}_COIL`, "V5") ? [] : [`${name} has no flyback diode`])),
  ...(hasDiode(netlist, "GND", "LOAD") ? [] : ["the load's terminal has no flyback diode"]),
];

export const clampsPresent: Check = ({ spec, netlist }) => {
  const adc = spec.dividers.flatMap(({ name, clamped }) => {
    const pin = `${name}_ADC`;
    if (!clamped) return [];
    return [
      ...(hasDiode(netlist, pin, "3V3") ? [] : [`${pin} is not clamped to 3V3`]),
      ...(hasDiode(netlist, "GND", pin) ? [] : [`${pin} is not clamped to GND`]),
    ];
  });
  const sense = spec.monitors.flatMap(({ voltageName }) =>
    hasDiode(netlist, "GND", `${voltageName}_SENSE`) ? [] : [`${voltageName}_SENSE is not clamped to GND`],
  );
  return [...adc, ...sense];
};

export const pullDownsPresent: Check = ({ spec, netlist }) =>
  spec.relays.flatMap(({ name }) =>
    partsBetween(netlist, "resistor", `${name}_GPIO`, "GND").length === 1 ? [] : [`${name}_GPIO has no pull-down`],
  );

/** Address pins of the power monitors by least address bits (INA228 data sheet, table of addresses): GND is 0, VS is 1. */
function strapped({ spec, netlist }: Design): string[] {
  return spec.monitors.flatMap(({ name, address }) => {
    const monitor = partsOfKind(netlist, "monitor").find(({ pins }) => pins["IN+"] === `${name}_IN_P`);
    if (!monitor) return [`no power monitor measures ${name}`];
    const bit = (pin: string): number => (monitor.pins[pin] === "3V3" ? 1 : 0);
    const drawn = 0x40 + bit("A0") + 4 * bit("A1");
    return drawn === address ? [] : [`${monitor.ref} answers at 0x${drawn.toString(16)}, ${name} is asked at 0x${address.toString(16)}`];
  });
}

export const i2cReady: Check = (design) => {
  const { spec, netlist } = design;
  if (!spec.i2c) return [];
  const pulled = ["SDA", "SCL"].flatMap((net) =>
    partsBetween(netlist, "resistor", net, "3V3").length === 1 ? [] : [`${net} has no pull-up`],
  );
  const wired = partsOfKind(netlist, "monitor").flatMap(({ ref, pins }) =>
    ["SDA", "SCL"].flatMap((net) => (pins[net] === net ? [] : [`${ref}.${net} is on ${pins[net]}`])),
  );
  return [...pulled, ...wired, ...strapped(design)];
};

export const decoupled: Check = ({ netlist }) => {
  const supplies = ["VIN", "V5"].flatMap((net) => {
    const found = [...partsBetween(netlist, "electrolytic", net, "GND"), ...partsBetween(netlist, "capacitor", net, "GND")];
    return found.length >= 2 ? [] : [`${net} lacks its electrolytic or its ceramic capacitor`];
  });
  const monitors = partsOfKind(netlist, "monitor").length;
  const bypasses = partsBetween(netlist, "capacitor", "3V3", "GND").length;
  return bypasses >= monitors ? supplies : [...supplies, `${monitors} power monitors share ${bypasses} bypass capacitors`];
};
