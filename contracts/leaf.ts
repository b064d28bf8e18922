/**
 * Leaf of a reading in its batch's Merkle tree: what `libraries/ReadingLeaf.sol` hashes, for OpenZeppelin's `StandardMerkleTree`.
 * @module
 */
import { id } from "ethers";

/** A reading as the ledger contract knows it; also what ethers encodes as its `Reading`. Units are in the names. */
export interface LedgerReading {
  /** See `meterIdOf`. */
  meterId: string;
  boot: number;
  sequence: number;
  uptimeMs: number;
  endUtcMs: number;
  currentMa: number;
  minCurrentMa: number;
  maxCurrentMa: number;
  voltageMv: number;
  importMwh: number;
  exportMwh: number;
  /** See {@link packState}. */
  state: number;
  /** Battery charge in per mille, or {@link NO_CHARGE}. */
  chargePermille: number;
  /** 32 bytes, 0x hex. */
  salt: string;
}

/** `chargePermille` of a meter without a battery. */
export const NO_CHARGE = 65535;

/** Marks the layout of a leaf. */
export const LEAF_DOMAIN = id("DAISEE reading 1");

/** Solidity types of a leaf's values, in order: the domain, then the fields of the contract's `Reading`. */
export const LEAF_TYPES: string[] = [
  "bytes32",
  "bytes32",
  "uint32",
  "uint32",
  "uint64",
  "uint64",
  "int32",
  "int32",
  "int32",
  "int32",
  "uint64",
  "uint64",
  "uint16",
  "uint16",
  "bytes32",
];

/** Values of a reading's leaf, in the order of {@link LEAF_TYPES}. */
export function leafValues(reading: LedgerReading): (string | number)[] {
  return [
    LEAF_DOMAIN,
    reading.meterId,
    reading.boot,
    reading.sequence,
    reading.uptimeMs,
    reading.endUtcMs,
    reading.currentMa,
    reading.minCurrentMa,
    reading.maxCurrentMa,
    reading.voltageMv,
    reading.importMwh,
    reading.exportMwh,
    reading.state,
    reading.chargePermille,
    reading.salt,
  ];
}

/** The `state` of a reading: closed relays in the low 4 bits, quality flags above them. */
export function packState(relays: number, flags: number): number {
  return relays + flags * 16;
}
