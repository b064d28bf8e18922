/**
 * What `EnergyExchange` is told and tells of a slot, packed: the order of its members, trades, and what each got.
 * @module
 */
import { concat, dataLength, dataSlice, toBeHex, toNumber } from "ethers";

/** A member in the exchange's books, as `gateway/market` takes it. */
export interface BookMember {
  node: number;
  energyMwh: number;
  price: number;
  limitMwh: number;
  preferred: number[];
  /** Whether it paid some seller in advance. */
  prepaid: boolean;
}

/** A trade of a cleared slot; buyer and seller by their places among its members. */
export interface SettledTrade {
  buyer: number;
  seller: number;
  energyMwh: number;
  /** Millionths of a coin per kWh. */
  price: number;
}

/** A member of a cleared slot. */
export interface SettledMember {
  node: number;
  /** Drawn positive, given negative. */
  energyMwh: number;
  /** What it got or, negative, paid, in millionths of a coin; late energy included. */
  amount: bigint;
}

const NODE_BITS = 32n;
const NODE_MASK = (1n << NODE_BITS) - 1n;
/** Words of a row. */
export const ROW_WORDS = 6;
const TRADE_BYTES = 14;
const MEMBER_BYTES = 20;

/** Preferred sellers as the exchange keeps them: 32 bits each, the first one lowest. */
export function packPreferred(nodes: readonly number[]): bigint {
  return nodes.reduceRight((packed, node) => (packed << NODE_BITS) | BigInt(node), 0n);
}

/** The nodes in {@link packPreferred}'s number. */
export function unpackPreferred(packed: bigint): number[] {
  const nodes: number[] = [];
  for (let rest = packed; rest > 0n; rest >>= NODE_BITS) nodes.push(Number(rest & NODE_MASK));
  return nodes;
}

/** A row of the exchange's table, as `types/Row.sol` has it, before its slot is cleared and without what is stored of its member. */
export function packRow({ node, energyMwh, price, limitMwh, preferred, prepaid }: BookMember, place: number): bigint[] {
  const energy = BigInt.asUintN(64, BigInt(energyMwh));
  const order = (BigInt(price) << 120n) | (BigInt(limitMwh) << 64n) | (BigInt(place) << 1n) | (prepaid ? 1n : 0n);
  return [(BigInt(node) << 224n) | (energy << 160n) | order, packPreferred(preferred), 0n, 0n, 0n, 0n];
}

/** The members in a table of `slotBook` or of a `SlotDisputed`. A limit above what any meter counts is cut to that. */
export function unpackTable(table: readonly bigint[]): BookMember[] {
  return Array.from({ length: table.length / ROW_WORDS }, (_, i) => {
    const [member = 0n, preferred = 0n] = table.slice(i * ROW_WORDS);
    const limitMwh = BigInt.asUintN(56, member >> 64n);
    return {
      node: Number(member >> 224n),
      energyMwh: Number(BigInt.asIntN(64, member >> 160n)),
      price: Number(BigInt.asUintN(40, member >> 120n)),
      limitMwh: Number(limitMwh < 2n ** 48n ? limitMwh : 2n ** 48n),
      preferred: unpackPreferred(preferred),
      prepaid: (member & 1n) === 1n,
    };
  });
}

/** A list of places among a slot's members, for `clear` and `resolve`; 0x hex. */
export function packPlaces(places: readonly number[]): string {
  return concat(places.map((place) => toBeHex(place, 2)));
}

/** The `members` of a `SlotCleared`. */
export function unpackMembers(packed: string): SettledMember[] {
  return chunks(packed, MEMBER_BYTES).map((member) => ({
    node: toNumber(dataSlice(member, 0, 4)),
    energyMwh: Number(BigInt.asIntN(64, BigInt(dataSlice(member, 4, 12)))),
    amount: BigInt.asIntN(64, BigInt(dataSlice(member, 12, 20))),
  }));
}

/** The `trades` of a `SlotCleared`. */
export function unpackTrades(packed: string): SettledTrade[] {
  return chunks(packed, TRADE_BYTES).map((trade) => ({
    buyer: toNumber(dataSlice(trade, 0, 2)),
    seller: toNumber(dataSlice(trade, 2, 4)),
    energyMwh: toNumber(dataSlice(trade, 4, 10)),
    price: toNumber(dataSlice(trade, 10, 14)),
  }));
}

function chunks(packed: string, bytes: number): string[] {
  return Array.from({ length: dataLength(packed) / bytes }, (_, i) => dataSlice(packed, i * bytes, (i + 1) * bytes));
}
