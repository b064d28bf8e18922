/**
 * The module's pins: one use each, and none for which it is not fit.
 * @module
 */
import type { BoardSpec } from "../board.ts";
import { ADC1, BOOT_ACTIVE, BOOT_PULLED_UP, FLASH, HEADER, INPUT_ONLY, STRAPPING } from "../module.ts";
import { gpioNet, partsOfKind } from "../netlist.ts";
import type { Check } from "./check.ts";

interface Use {
  gpio: number;
  name: string;
  net: string;
  way: "analog" | "out" | "in" | "bus";
}

/** Every use of a GPIO in the definition, with the net that its pin must be on. */
export function usesOf(spec: BoardSpec): Use[] {
  const analog = [...spec.halls, ...spec.dividers].map(({ gpio, name }): Use => ({ gpio, name, net: `${name}_ADC`, way: "analog" }));
  const relays = spec.relays.map(({ gpio, name }): Use => ({ gpio, name, net: `${name}_GPIO`, way: "out" }));
  const bus: Use[] = spec.i2c
    ? [
        { gpio: spec.i2c.sda, name: "SDA", net: "SDA", way: "bus" },
        { gpio: spec.i2c.scl, name: "SCL", net: "SCL", way: "bus" },
      ]
    : [];
  return [
    ...analog,
    ...relays,
    ...bus,
    { gpio: spec.led.gpio, name: "LED", net: "LED_GPIO", way: "out" },
    { gpio: spec.button.gpio, name: "button", net: "BUTTON", way: "in" },
  ];
}

export const pinsUnique: Check = ({ spec }) => {
  const uses = usesOf(spec);
  return uses.flatMap(({ gpio, name }, i) => {
    const other = uses.slice(0, i).find((earlier) => earlier.gpio === gpio);
    return other ? [`GPIO ${gpio} is both ${other.name} and ${name}`] : [];
  });
};

export const pinsFit: Check = ({ spec }) =>
  usesOf(spec).flatMap(({ gpio, name, way }) => {
    const isRelay = spec.relays.some((relay) => relay.name === name);
    const faults = [
      HEADER[`IO${gpio}`] === undefined && "is on no header",
      FLASH.includes(gpio) && "belongs to the flash",
      way === "analog" && !ADC1.includes(gpio) && "is no pin of ADC1",
      way !== "analog" && INPUT_ONLY.includes(gpio) && "is an input only and has no pull-up",
      STRAPPING.includes(gpio) && "decides at reset how the chip starts",
      isRelay && BOOT_ACTIVE.includes(gpio) && "pulses while the chip starts",
      isRelay && BOOT_PULLED_UP.includes(gpio) && "is pulled up while the chip starts",
    ];
    return faults.flatMap((fault) => (fault === false ? [] : [`${name}: GPIO ${gpio} ${fault}`]));
  });

export const pinsWired: Check = ({ spec, netlist }) => {
  const wrong = usesOf(spec).flatMap(({ gpio, name, net }) => {
    const drawn = gpioNet(netlist, gpio);
    return drawn === net ? [] : [`GPIO ${gpio} (${name}) is on ${drawn ?? "nothing"}, not on ${net}`];
  });
  const known = new Set(usesOf(spec).map(({ gpio }) => `IO${gpio}`));
  const module = partsOfKind(netlist, "module")[0];
  const extra = Object.entries(module?.pins ?? {}).flatMap(([pin, net]) => {
    return pin.startsWith("IO") && net !== null && !known.has(pin) ? [`${pin} is on ${net}, but the definition does not use it`] : [];
  });
  return [...wrong, ...extra];
};
