/**
 * Where the contracts are: the record that the deployment writes and that every gateway gets. No secret is in it.
 * @module
 */
import { getAddress } from "ethers";
import { z } from "zod";
import { readIfThere, replaceFile } from "./files.ts";
import { termsSchema } from "./terms.ts";

const hash = z.string().regex(/^0x[0-9a-f]{64}$/, "expected 32 bytes as 0x and lower-case hex digits");
const address = z.string().refine(isAddress, "expected an address as 0x and 40 hex digits, with its checksum");
const contract = z.strictObject({
  address,
  /** Keccak-256 of the deployed code, its immutables included. */
  codeHash: hash,
});
export type ContractRecord = z.infer<typeof contract>;

export const deploymentSchema = z.strictObject({
  version: z.literal(1),
  chainId: z.int().min(1),
  /** Hash of block 0: tells this chain from another with the same id. */
  genesisHash: hash,
  /** Settlement interval, s. */
  slotSeconds: z.int().min(1),
  /** Account that holds the community's roles at first. */
  community: address,
  /** Most coins that there may be at once, in millionths; decimal digits, as it may be above 2^53. */
  coinCap: z.string().regex(/^[1-9][0-9]*$/, "expected a whole number"),
  /** Terms with which the exchange began. */
  terms: termsSchema,
  contracts: z.strictObject({ meterRegistry: contract, daiseeCoin: contract, energyLedger: contract, energyExchange: contract }),
});

export type Deployment = z.infer<typeof deploymentSchema>;
export type ContractKey = keyof Deployment["contracts"];

/**
 * Reads a record.
 * @returns null when there is none
 * @throws Error naming the file and each wrong field
 */
export async function readDeployment(path: string): Promise<Deployment | null> {
  const text = await readIfThere(path);
  if (text === null) return null;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${path} is not JSON; restore it, or delete it and deploy again`, { cause });
  }
  const checked = deploymentSchema.safeParse(json);
  if (!checked.success) throw new Error(`${path}: correct it, or delete it and deploy again:\n${z.prettifyError(checked.error)}`);
  return checked.data;
}

/** Writes a record in one step: a power cut leaves the old one or the new one. */
export async function writeDeployment(path: string, deployment: Deployment): Promise<void> {
  await replaceFile(path, `${JSON.stringify(deploymentSchema.parse(deployment), null, 2)}\n`);
}

function isAddress(value: string): boolean {
  try {
    return getAddress(value) === value;
  } catch {
    return false;
  }
}
