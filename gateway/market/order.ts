/**
 * Who comes first: the order in which members sell and buy. It depends on prices, nodes and the slot, not on how the members are listed.
 * @module
 */
import type { Member } from "./member.ts";

/** Maps 32 bits one to one: odd factors and shifted sums can be undone. */
function mix(value: number): number {
  const product = Math.imul(value, 0x9e3779b1);
  return Math.imul(product ^ (product >>> 15), 0x85ebca6b) >>> 0;
}

/**
 * A node's lot in a slot: the lower one comes first among equals. No two nodes have the same, for every step maps one to one; and in every
 * slot the lots are dealt anew, so nobody is first for good.
 */
export function lotOf(slot: number, node: number): number {
  return mix(node ^ mix(slot));
}

/** Places of all sellers that offer energy: cheapest first, equal ones by lot. */
export function askOrder(slot: number, members: readonly Member[], openMwh: readonly number[]): number[] {
  const places = [...members.keys()].filter((place) => memberAt(members, place).energyMwh < 0 && (openMwh[place] ?? 0) > 0);
  return sortBy(places, members, slot, 1);
}

/** Places of all buyers: highest bid first, equal ones by lot. */
export function bidOrder(slot: number, members: readonly Member[]): number[] {
  const places = [...members.keys()].filter((place) => memberAt(members, place).energyMwh > 0);
  return sortBy(places, members, slot, -1);
}

function sortBy(places: number[], members: readonly Member[], slot: number, direction: 1 | -1): number[] {
  // Numbers in a row, by place: sorting objects takes twice as long.
  const [prices, lots] = [new Float64Array(members.length), new Uint32Array(members.length)];
  for (const place of places) {
    const { price, node } = memberAt(members, place);
    prices[place] = direction * price;
    lots[place] = lotOf(slot, node);
  }
  return places.sort((a, b) => (prices[a] ?? 0) - (prices[b] ?? 0) || (lots[a] ?? 0) - (lots[b] ?? 0));
}

/** @throws RangeError when there is none */
export function memberAt(members: readonly Member[], place: number): Member {
  const member = members[place];
  if (member === undefined) throw new RangeError(`market: there is no member at place ${place} of ${members.length}`);
  return member;
}
