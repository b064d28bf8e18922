/**
 * What a slot is cleared from, and what comes of it. Energies are integers in mWh, prices integers in millionths of a coin per kWh.
 * @module
 */

/** A member's part in a slot. */
export interface Member {
  /** Its number in the registry. */
  node: number;
  /** Energy that it drew (positive) or gave (negative). Its own import and export in the slot cancel. */
  energyMwh: number;
  /** A buyer's highest price, a seller's asking price. */
  price: number;
  /** A seller's most energy; 0 without an ask. */
  limitMwh: number;
  /** A buyer's preferred sellers' nodes, the first one first; at most {@link MAX_PREFERRED}. */
  preferred: readonly number[];
}

/** What holds for all members of a slot. */
export interface Rules {
  slot: number;
  /** At which the community's pool sells and buys. */
  importPrice: number;
  exportPrice: number;
  /** Whether all energy is known: then exports above the imports were lost on the way, and sellers share the loss. */
  complete: boolean;
}

/** Energy sold by one member to another; both by their places in the list of members. */
export interface Trade {
  buyer: number;
  seller: number;
  energyMwh: number;
  price: number;
}

export interface Clearing {
  trades: Trade[];
  /** What each member gets or, negative, pays, in millionths of a coin. */
  amounts: bigint[];
}

export const MAX_PREFERRED = 5;
export const MWH_PER_KWH = 1_000_000n;
