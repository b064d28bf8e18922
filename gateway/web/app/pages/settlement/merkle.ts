/**
 * A reading's leaf and the way from it to its batch's root, hashed here: what `contracts/libraries/ReadingLeaf.sol` and OpenZeppelin's
 * `MerkleProof` do on the chain. Fetched when a reading is checked, since keccak is larger than the page. Pure.
 * @module
 */
import { keccak256 } from "ethers/crypto";
import { LEAF_TYPES, leafValues, type LedgerReading } from "#contracts/leaf.ts";

/** One word of the ABI's encoding (Solidity ABI, 2.1): bytes32 as it is, integers in two's complement. */
function word(value: string | number): string {
  return typeof value === "string" ? value.slice(2) : BigInt.asUintN(256, BigInt(value)).toString(16).padStart(64, "0");
}

/** Hash of a reading, twice, so that no inner node of a tree can pass for one. @throws when a value is not one word long. */
export function leafOf(reading: LedgerReading): string {
  const encoded = leafValues(reading).map(word).join("");
  if (encoded.length !== 64 * LEAF_TYPES.length) throw new Error("a value of the reading is not one word long");
  return keccak256(keccak256(`0x${encoded}`));
}

/** Hash of two nodes; the smaller one goes first, so that a proof need not say which side each sibling is on. */
function parentOf(one: string, other: string): string {
  const [first, second] = one < other ? [one, other] : [other, one];
  return keccak256(`0x${first.slice(2)}${second.slice(2)}`);
}

/** The root to which a leaf leads. @param siblings from the leaf up, 0x lower-case hex. */
export function rootOf(leaf: string, siblings: readonly string[]): string {
  return siblings.reduce(parentOf, leaf);
}
