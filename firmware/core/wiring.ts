/**
 * Which relays each source closes, and which of them exclude each other. One bit for each relay; bit 0 is K1.
 * @module
 */
import { SOURCE } from "../wire/records.ts";
import type { Source } from "../wire/records.ts";

/** What a home does: it draws on its neighbours' bus, or it gives to it. */
export type Role = "consumer" | "producer";

export interface Wiring {
  /** By source: the relays that it closes. */
  closed: number[];
  /** Groups of relays of which at most one may be closed. */
  interlocks: number[];
}

/** A consumer's K1 connects its own battery to the load, K2 the bus, never both. A producer's K1 connects its battery to its load, K2 to the bus. */
export function defaultWiring(role: Role): Wiring {
  return role === "producer" ? { closed: [0, 0, 0, 1, 3], interlocks: [] } : { closed: [0, 1, 2], interlocks: [3] };
}

/** Sources that a role's board chooses from, beside off: its own first. */
export function sourcesOf(role: Role): Source[] {
  return role === "producer" ? [SOURCE.keep, SOURCE.give] : [SOURCE.own, SOURCE.bus];
}

/** Why relays could not be wired so, or "". Two supplies that could meet must exclude each other, relay by relay. */
export function refuseWiring(wiring: Wiring, role: Role, relays: number): string {
  const all = (1 << relays) - 1;
  const { closed, interlocks } = wiring;
  let problem = "";
  sourcesOf(role).forEach((source) => {
    const mask = closed[source] || 0;
    if (mask === 0 || (mask & all) !== mask) problem = "one to " + relays + " relays for each source of a " + role;
    interlocks.forEach((group) => {
      const both = mask & group;
      if (both & (both - 1)) problem = "sources that close no two relays of an interlock";
    });
  });
  if (problem === "" && role === "consumer") {
    const own = closed[SOURCE.own] || 0;
    const bus = closed[SOURCE.bus] || 0;
    for (let i = 0; i < relays; i++) {
      for (let j = 0; j < relays; j++) {
        const pair = (1 << i) | (1 << j);
        const meet = own & ~bus & (1 << i) && bus & ~own & (1 << j);
        if (meet && interlocks.every((group) => (group & pair) !== pair)) problem = "an interlock between every relay of own and every one of bus";
      }
    }
    if ((own & ~bus) === 0 || (bus & ~own) === 0) problem = "a relay of its own for each source";
  }
  return problem;
}
