/**
 * The chain and the contracts, as the gateway's settings name them.
 * @module
 */
import { resolve } from "node:path";
import { keccak256 } from "ethers";
import type { JsonRpcProvider } from "ethers";
import { connectChain } from "#chain/provider.ts";
import { readDeployment } from "#chain/record.ts";
import type { Deployment } from "#chain/record.ts";
import type { GatewayConfig } from "#gateway/config.ts";
import { ok, problem, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

const STALE_MS = 60_000;

async function checkCode(provider: JsonRpcProvider, { contracts }: Deployment): Promise<Finding> {
  const wrong: string[] = [];
  for (const [name, { address, codeHash }] of Object.entries(contracts)) {
    if (keccak256(await provider.getCode(address)) !== codeHash) wrong.push(name);
  }
  if (wrong.length === 0) return ok("contracts", `${Object.keys(contracts).length} contracts hold the code that the record names`);
  return problem("contracts", `${wrong.join(", ")}: other code than the record names`, "ask the community for its deployment record; do not settle with these contracts");
}

/** @param nowMs of the gateway's clock. */
export async function checkChain(dataDir: string, { chain }: GatewayConfig, nowMs: number): Promise<Finding[]> {
  const path = resolve(dataDir, chain.deploymentPath);
  let deployment: Deployment | null;
  try {
    deployment = await readDeployment(path);
  } catch (error) {
    return [problem("contracts", error instanceof Error ? error.message : String(error), "ask the community for its deployment record")];
  }
  if (deployment === null) return [problem("contracts", `there is no ${path}`, "ask the community for its deployment record and put it there")];
  const provider = connectChain(chain.rpcUrl, deployment.chainId);
  try {
    const [genesis, head] = await Promise.all([provider.getBlock(0), provider.getBlock("latest")]);
    if (genesis?.hash !== deployment.genesisHash) {
      return [problem("chain", `${chain.rpcUrl} is another chain than the record's (genesis ${genesis?.hash ?? "none"})`, "nothing is written to it; correct chain.rpcUrl, or get the new record")];
    }
    const ageMs = head === null ? Infinity : nowMs - head.timestamp * 1000;
    const text = `block ${head?.number ?? "none"}, ${Math.round(ageMs / 1000)} s old`;
    const headFinding = ageMs > STALE_MS ? warning("chain", `it stands still: ${text}`, 'ask the validators\' owners; "daisee chain status" shows who sealed last. Batches wait in the outbox') : ok("chain", text);
    return [headFinding, await checkCode(provider, deployment)];
  } catch {
    return [warning("chain", `nothing answers at ${chain.rpcUrl}`, "start the chain's node; boards, readings and dashboard go on without it, batches wait")];
  } finally {
    provider.destroy();
  }
}
