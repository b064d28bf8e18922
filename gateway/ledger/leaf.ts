/**
 * A stored reading as the contract hashes it: its salt, its fields, its leaf.
 * @module
 */
import { createHmac } from "node:crypto";
import { keccak256 } from "ethers";
import { LEAF_TYPES, leafValues, NO_CHARGE, packState, type LedgerReading } from "#contracts/leaf.ts";
import { meterIdOf } from "#contracts/meter-id.ts";
import type { RecordKey, StoredReading } from "#gateway/store/store.ts";

/** The key of a node's leaf salts, from its private key (0x hex). Whoever replaces the node's key must keep this one for old proofs. */
export function saltKeyOf(privateKey: string): Uint8Array {
  return createHmac("sha256", Buffer.from(privateKey.slice(2), "hex")).update("DAISEE leaf salt 1").digest();
}

/**
 * Salt of a reading's leaf, 0x hex of 32 bytes: unguessable for whoever sees the leaf's hash as a sibling in another reading's proof, and
 * the same whenever the node computes it again.
 */
export function leafSalt(saltKey: Uint8Array, { boardId, boot, sequence }: RecordKey): string {
  return `0x${createHmac("sha256", saltKey).update(`${boardId}-${boot}-${sequence}`).digest("hex")}`;
}

/**
 * The contract's form of a stored reading.
 * @throws when its time is unknown: such a reading is never in a batch.
 */
export function ledgerReading(reading: StoredReading, saltKey: Uint8Array): LedgerReading {
  const { boardId, boot, sequence, endUtcMs } = reading;
  if (endUtcMs === null) throw new Error(`reading ${boardId}-${boot}-${sequence} has no UTC time and cannot be committed`);
  return {
    meterId: meterIdOf(boardId, reading.meter),
    boot,
    sequence,
    uptimeMs: reading.uptimeMs,
    endUtcMs,
    currentMa: reading.currentMa,
    minCurrentMa: reading.minCurrentMa,
    maxCurrentMa: reading.maxCurrentMa,
    voltageMv: reading.voltageMv,
    importMwh: reading.importMwh,
    exportMwh: reading.exportMwh,
    state: packState(reading.relays, reading.flags),
    chargePermille: reading.chargePermille ?? NO_CHARGE,
    salt: leafSalt(saltKey, reading),
  };
}

/** One 32-byte word of the ABI encoding: bytes32 as they are, integers in two's complement. */
function abiWord(value: string | number): string {
  return typeof value === "string" ? value.slice(2) : BigInt.asUintN(256, BigInt(value)).toString(16).padStart(64, "0");
}

/**
 * Leaf of a reading, as OpenZeppelin's `StandardMerkleTree` and `ReadingLeaf.sol` compute it. Every type of a leaf takes one static word, so
 * its ABI encoding is just these words; the general encoders take 20 to 50 times as long, which a gateway's event loop would feel.
 */
export function leafHash(reading: LedgerReading): string {
  const words = leafValues(reading).map(abiWord);
  const encoded = `0x${words.join("")}`;
  if (encoded.length !== 2 + 64 * LEAF_TYPES.length) throw new Error("leaf: a value is not one word long");
  return keccak256(keccak256(encoded));
}
