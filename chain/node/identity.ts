/**
 * A new node's keys: the account that seals, and the key by which nodes know each other.
 * @module
 */
import { randomBytes } from "node:crypto";
import { hexlify, SigningKey, Wallet } from "ethers";
import { GETH_DATA } from "../engines/geth.ts";
import type { NodeEngine } from "../engines/engine.ts";
import { encryptKey, type KeystoreOptions } from "../keystore.ts";
import type { NodeSecrets } from "./folder.ts";

export interface NodeIdentity extends NodeSecrets {
  address: string;
  /** The node key's public half, 128 hex digits. */
  nodeId: string;
}

/**
 * Makes the keys. The account's leaves this function encrypted only; geth's node key lies in its data folder as geth itself would put it
 * there, in plain text with mode 0600: it identifies the node to its peers, and seals nothing.
 */
export async function createIdentity(engine: NodeEngine, password: string, options: KeystoreOptions = {}): Promise<NodeIdentity> {
  const random = options.random ?? randomBytes;
  const account = new Wallet(hexlify(random(32)));
  const nodeKey = engine.sharesKey ? account.signingKey : new SigningKey(hexlify(random(32)));
  const address = account.address;
  const files: Record<string, string> = { [keystoreFile(address)]: `${await encryptKey(account, password, options)}\n` };
  if (!engine.sharesKey) files[`${GETH_DATA}/geth/nodekey`] = nodeKey.privateKey.slice(2);
  // Uncompressed, without the 04 before it.
  return { address, nodeId: nodeKey.publicKey.slice(4), files };
}

/** A keystore's path below the node's folder. geth and Nethermind find a key by the address at the end of its file's name. */
export function keystoreFile(address: string): string {
  return `keystore/UTC--1970-01-01T00-00-00.0Z--${address.slice(2).toLowerCase()}`;
}
