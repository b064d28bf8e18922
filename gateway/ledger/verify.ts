/**
 * Checks a reading's proof against the chain, step by step, trusting nothing but the deployment's record and the chain.
 * @module
 */
import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import type { JsonRpcProvider } from "ethers";
import { z } from "zod";
import { LEAF_TYPES, leafValues } from "#contracts/leaf.ts";
import { createChain, type Chain, type LedgerDeployment } from "./chain.ts";
import { describeError } from "./rpc-error.ts";

const bytes32 = z.string().regex(/^0x[0-9a-f]{64}$/, "expected 32 bytes as lower-case 0x hex");
const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/, "expected an address");
const int32 = z.int().min(-0x80000000).max(0x7fffffff);
const uint16 = z.int().min(0).max(0xffff);
const uint32 = z.int().min(0).max(0xffffffff);
const counter = z.int().min(0);

/** The document with which a gateway shows that a reading is in a batch on the chain. */
export const readingProofSchema = z.object({
  version: z.literal(1),
  chainId: z.int().min(1),
  genesisHash: bytes32,
  /** Address of the EnergyLedger. */
  energyLedger: address,
  node: uint32.min(1),
  /** The batch's number. */
  batch: z.int().min(1),
  root: bytes32,
  transactionHash: bytes32,
  /** The reading as the contract hashes it; units are in the names. */
  reading: z.strictObject({
    meterId: bytes32,
    boot: uint32,
    sequence: uint32,
    uptimeMs: counter,
    endUtcMs: counter,
    currentMa: int32,
    minCurrentMa: int32,
    maxCurrentMa: int32,
    voltageMv: int32,
    importMwh: counter,
    exportMwh: counter,
    /** Closed relays + 16 × quality flags. */
    state: uint16,
    /** 65535 when the meter has no battery. */
    chargePermille: uint16,
    salt: bytes32,
  }),
  /** Hash of the reading. */
  leaf: bytes32,
  /** Siblings from the leaf up to the root. */
  proof: z.array(bytes32).max(64),
});
export type ReadingProof = z.infer<typeof readingProofSchema>;

/** One step of the verification. */
export interface VerifyCheck {
  name: "document" | "chain" | "leaf" | "root" | "root on chain" | "contract" | "meter" | "transaction";
  ok: boolean;
  expected: string;
  actual: string;
}

/** What a verification asks the chain. */
export type VerifierChain = Pick<Chain, "identity" | "batchRoot" | "verifyReading" | "registration" | "committedIn">;

/**
 * Verifies a reading's proof.
 * @param options.proof the document, as anybody may have sent it.
 * @param options.deployment whose contract and chain count: the verifier's own record, not the document's.
 * @returns the checks in order. The reading is proven when all are ok; a check that the chain did not answer is not.
 */
export async function verifyReading(options: {
  proof: unknown;
  provider: JsonRpcProvider;
  deployment: LedgerDeployment;
}): Promise<VerifyCheck[]> {
  const { proof, provider, deployment } = options;
  return checkReading(proof, createChain({ provider, deployment }), deployment);
}

/** The same with what answers for the chain. */
export async function checkReading(document: unknown, chain: VerifierChain, deployment: LedgerDeployment): Promise<VerifyCheck[]> {
  const parsed = readingProofSchema.safeParse(document);
  if (!parsed.success) return [{ name: "document", ok: false, expected: "a reading's proof", actual: z.prettifyError(parsed.error) }];

  const proof = parsed.data;
  const checks: VerifyCheck[] = [{ name: "document", ok: true, expected: "a reading's proof", actual: "a reading's proof" }];
  async function check(name: VerifyCheck["name"], expected: string, actual: () => string | Promise<string>): Promise<void> {
    const came = await Promise.resolve().then(actual).catch(describeError);
    checks.push({ name, ok: came === expected, expected, actual: came });
  }
  const place = (chainId: number, genesisHash: string | null, contract: string): string =>
    `chain ${chainId} from ${genesisHash}, contract ${contract.toLowerCase()}`;

  const ours = place(deployment.chainId, deployment.genesisHash, deployment.contracts.energyLedger.address);
  await check("chain", ours, async () => {
    const claimed = place(proof.chainId, proof.genesisHash, proof.energyLedger);
    const { chainId, genesisHash } = await chain.identity();
    return claimed === ours ? place(chainId, genesisHash, deployment.contracts.energyLedger.address) : claimed;
  });
  const values = leafValues(proof.reading);
  await check("leaf", proof.leaf, () => StandardMerkleTree.of([values], LEAF_TYPES).leafHash(values));
  await check("root", "leads to the batch's root", () =>
    StandardMerkleTree.verify(proof.root, LEAF_TYPES, values, proof.proof) ? "leads to the batch's root" : "leads to another root",
  );
  await check("root on chain", proof.root, () => chain.batchRoot(proof.node, proof.batch));
  await check("contract", "true", async () => String(await chain.verifyReading(proof.node, proof.batch, proof.reading, proof.proof)));
  await check("meter", `of node ${proof.node}`, async () => `of node ${(await chain.registration(proof.reading.meterId)).node}`);
  const block = await chain
    .committedIn(proof.transactionHash, proof.node, proof.batch)
    .then((number) => (number === null ? "in no block" : `in block ${number}`), describeError);
  const committed = /^in block \d+$/.test(block);
  checks.push({ name: "transaction", ok: committed, expected: committed ? block : "in a block", actual: block });
  return checks;
}
