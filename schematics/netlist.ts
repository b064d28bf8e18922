/**
 * A circuit as the checks and the simulation see it: parts, their values, and the net at each pin.
 * @module
 */
import { partOf } from "./parts.ts";
import type { Part, PartKey } from "./parts.ts";

export interface NetlistPart {
  ref: string;
  part: PartKey;
  /** Ohm for resistors, nanofarad for capacitors, null for what its order number alone describes. */
  value: number | null;
  /** Net by pin name; null is a pin that is left open on purpose. */
  pins: Readonly<Record<string, string | null>>;
}

export interface Netlist {
  board: string;
  parts: readonly NetlistPart[];
}

export interface PinReference {
  ref: string;
  pin: string;
}

/** Pins by net, in the order of the parts. */
export function netsOf(netlist: Netlist): Map<string, PinReference[]> {
  const nets = new Map<string, PinReference[]>();
  for (const { ref, pins } of netlist.parts) {
    for (const [pin, net] of Object.entries(pins)) {
      if (net === null) continue;
      const members = nets.get(net) ?? [];
      members.push({ ref, pin });
      nets.set(net, members);
    }
  }
  return nets;
}

/** Parts of one kind. */
export function partsOfKind(netlist: Netlist, kind: Part["kind"]): NetlistPart[] {
  return netlist.parts.filter(({ part }) => partOf(part).kind === kind);
}

/** Parts with a pin on a net, of one kind where it is given. */
export function partsOnNet(netlist: Netlist, net: string, kind?: Part["kind"]): NetlistPart[] {
  return netlist.parts.filter((part) => Object.values(part.pins).includes(net) && (kind === undefined || partOf(part.part).kind === kind));
}

/** Parts of one kind whose two nets are these, in either direction. */
export function partsBetween(netlist: Netlist, kind: Part["kind"], one: string, other: string): NetlistPart[] {
  return partsOnNet(netlist, one, kind).filter((part) => Object.values(part.pins).includes(other));
}

/** Net of the module's pin for a GPIO, or null. */
export function gpioNet(netlist: Netlist, gpio: number): string | null {
  return partsOfKind(netlist, "module")[0]?.pins[`IO${gpio}`] ?? null;
}
