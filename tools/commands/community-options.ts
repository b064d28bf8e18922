/**
 * What the community's commands have in common: which chain, and whose key.
 * @module
 */
import { getAddress } from "ethers";
import type { Wallet } from "ethers";
import { readPassword, unlockKeystore } from "#chain/keystore.ts";
import { readDeployment } from "#chain/record.ts";
import { COMMON_ARGUMENTS } from "../arguments.ts";
import type { CommunityChain, MeterName } from "../community/registry.ts";
import { UsageError } from "../errors.ts";
import { askPassword } from "../prompts.ts";

export const CHAIN_ARGUMENTS = {
  rpc: { type: "string", description: "The chain's node on this machine", valueHint: "url", default: "http://127.0.0.1:9545" },
  deployment: { type: "string", description: "The community's deployment record", valueHint: "file", default: "community.json" },
  json: { type: "boolean", description: "Print the result as JSON", default: false },
  ...COMMON_ARGUMENTS,
} as const;

export const KEY_ARGUMENTS = {
  keystore: { type: "string", description: "The encrypted key that holds the community's role", valueHint: "file", default: "community.keystore.json" },
  passwordFile: { type: "string", description: "File (mode 0600) with its password, instead of being asked", valueHint: "file" },
} as const;

/** @throws where to get the record when it is missing. */
export async function communityChain(args: { rpc: string; deployment: string }): Promise<CommunityChain> {
  const deployment = await readDeployment(args.deployment);
  if (deployment === null) throw new Error(`there is no ${args.deployment}: name the community's deployment record with --deployment, or found a community with "daisee community found"`);
  return { rpcUrl: args.rpc, deployment };
}

/** Opens the key. @throws when the keystore is missing or the password wrong. */
export async function communityKey({ keystore, passwordFile }: { keystore: string; passwordFile?: string | undefined }): Promise<Wallet> {
  if (passwordFile !== undefined) return unlockKeystore(keystore, await readPassword(passwordFile), passwordFile);
  return unlockKeystore(keystore, await askPassword(`Password of ${keystore}`, "--password-file"), "what was typed");
}

/** A meter as `<board>-<index>`; null when it is something else. */
export function meterName(text: string): MeterName | null {
  const found = /^([0-9a-f]{12})-(\d{1,3})$/.exec(text.toLowerCase().replaceAll(":", ""));
  const [, boardId, index] = found ?? [];
  return boardId === undefined || Number(index) > 255 ? null : { boardId, meter: Number(index) };
}

/** An address with its checksum. */
export function addressOption(text: string): string {
  try {
    return getAddress(text);
  } catch {
    throw new UsageError(`"${text}" is no address: 0x and 40 hex digits.`);
  }
}

export function meterOption(text: string): MeterName {
  const name = meterName(text);
  if (name === null) throw new UsageError(`"${text}" is no meter: board-index, as 24a160aabbcc-0.`);
  return name;
}
