/**
 * The community's roles, as the registry holds them for all contracts.
 * @module
 */
import { ZeroHash, id } from "ethers";

/** Role by what it is called, to its id in OpenZeppelin's AccessControl. */
export const ROLES = {
  /** Grants and revokes all roles. */
  admin: ZeroHash,
  /** Admits, replaces and retires nodes, keys and meters. */
  registrar: id("REGISTRAR_ROLE"),
  /** Pauses and resumes each contract. */
  guardian: id("GUARDIAN_ROLE"),
  /** Mints coins, sets the terms of the exchange, keeps its pool. */
  treasurer: id("TREASURER_ROLE"),
  /** Ends disputes about slots. */
  arbiter: id("ARBITER_ROLE"),
} as const;
export type Role = keyof typeof ROLES;
