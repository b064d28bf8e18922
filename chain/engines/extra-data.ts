/**
 * The first authorities as engines want them in block 0's `extraData`.
 * @module
 */
import { concat, encodeRlp, ZeroHash } from "ethers";

/** A 65-byte secp256k1 signature's place, empty in block 0. */
const NO_SEAL = `0x${"00".repeat(65)}`;

/**
 * Clique (EIP-225): 32 bytes that mean nothing, the authorities' addresses in ascending order, room for a seal.
 * @returns 0x hex
 */
export function cliqueExtraData(authorities: string[]): string {
  return concat([ZeroHash, ...ascending(authorities), NO_SEAL]);
}

/**
 * QBFT: the RLP list of 32 bytes that mean nothing, the validators' addresses in ascending order, no vote, round 0 and no seals.
 * @returns 0x hex
 */
export function qbftExtraData(authorities: string[]): string {
  return encodeRlp([ZeroHash, ascending(authorities), [], "0x", []]);
}

function ascending(addresses: string[]): string[] {
  return addresses.map((address) => address.toLowerCase()).sort();
}
