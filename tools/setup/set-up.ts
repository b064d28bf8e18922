/**
 * Makes a gateway's data folder complete: what is missing is made, what is there stays as it is.
 * @module
 */
import { randomBytes } from "node:crypto";
import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Contract } from "ethers";
import { readIfThere } from "#chain/files.ts";
import { connectChain } from "#chain/provider.ts";
import { deploymentSchema, readDeployment, writeDeployment } from "#chain/record.ts";
import type { Deployment } from "#chain/record.ts";
import { meterRegistryAbi } from "#contracts/dist/abi.ts";
import { ensureAccount } from "#gateway/auth/accounts.ts";
import { ensureBoardsKey } from "#gateway/auth/boards-key.ts";
import { createClock } from "#gateway/clock.ts";
import { readGatewayConfig, writeGatewayConfig } from "#gateway/config.ts";
import type { GatewayConfig } from "#gateway/config.ts";
import { ensureKeystore, gatewayPaths } from "#gateway/setup.ts";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";

const DEPLOYMENT_FILE = "deployment.json";
/** Of chains whose blocks are final at once; for Clique and AuRa "daisee chain status" tells the number. */
const DEFAULT_FINALITY_DEPTH = 1;

export interface SetUpOptions {
  dataDir: string;
  name: string;
  role: "consumer" | "producer";
  rpcUrl: string;
  /** The community's record; not needed when the folder has it already. */
  deploymentPath?: string;
  finalityDepth?: number;
  /** This machine's address in the LAN, when the dashboard and boards shall reach the gateway from there. */
  lan: string | null;
  httpPort: number;
  coapPort: number;
  /** IANA name, such as "Europe/Paris". */
  timeZone: string;
  /** Asked for only when there is no account yet. */
  account: () => Promise<{ name: string; password: string } | null>;
  scryptN?: number;
}

export interface SetUp {
  /** The key's address, which the community admits as this home's gateway. */
  address: string;
  /** The home's number in the registry; null while the community has not admitted the key, or the chain does not answer. */
  node: number | null;
  config: GatewayConfig | null;
  /** What was made, in plain words; empty when all was there. */
  made: string[];
}

async function ensureDeployment(dataDir: string, given: string | undefined, made: string[]): Promise<Deployment> {
  const path = join(dataDir, DEPLOYMENT_FILE);
  const present = await readDeployment(path);
  if (present !== null) return present;
  if (given === undefined) throw new Error(`the community's deployment record is missing: get it from your community and name it with --deployment`);
  const text = await readIfThere(given);
  if (text === null) throw new Error(`there is no ${given}; the community's deployment record is needed`);
  const deployment = deploymentSchema.parse(JSON.parse(text));
  await writeDeployment(path, deployment);
  made.push("deployment record");
  return deployment;
}

/** The home's number in the registry; null when the key is not admitted, or the chain does not answer. */
async function findNode(rpcUrl: string, deployment: Deployment, address: string): Promise<number | null> {
  const provider = connectChain(rpcUrl, deployment.chainId);
  try {
    const registry = new Contract(deployment.contracts.meterRegistry.address, meterRegistryAbi, provider);
    const node = Number(await registry.getFunction("nodeOf")(address));
    return node === 0 ? null : node;
  } catch {
    return null;
  } finally {
    provider.destroy();
  }
}

async function makeConfig(options: SetUpOptions, deployment: Deployment, node: number): Promise<GatewayConfig> {
  const { coapPort, finalityDepth = DEFAULT_FINALITY_DEPTH, httpPort, lan, name, role, rpcUrl } = options;
  const config: GatewayConfig = {
    version: 1,
    node: { id: node, name, role },
    http: { host: "127.0.0.1", port: httpPort, ...(lan !== null && { lan: { host: lan } }) },
    access: { mode: "accounts" },
    coap: { host: lan ?? "127.0.0.1", port: coapPort },
    chain: { rpcUrl, deploymentPath: DEPLOYMENT_FILE, finalityDepth },
    slotMs: deployment.slotSeconds * 1000,
    boards: [],
  };
  await writeGatewayConfig(options.dataDir, config);
  return config;
}

/**
 * Sets a gateway up, or finishes what an earlier run began.
 * @throws with what to do next; what was made stays, and a later run goes on.
 */
export async function setUp(options: SetUpOptions): Promise<SetUp> {
  const { dataDir } = options;
  const made: string[] = [];
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await chmod(dataDir, 0o700);
  const deployment = await ensureDeployment(dataDir, options.deploymentPath, made);
  const paths = gatewayPaths(dataDir);
  if ((await readIfThere(paths.keystore.path)) === null) made.push("key, encrypted");
  const key = await ensureKeystore(paths.keystore, options.scryptN === undefined ? {} : { scryptN: options.scryptN });
  await ensureBoardsKey(paths.boardsKey, undefined);

  const store = await openSqliteStore(paths.store);
  try {
    const accounts = await store.accounts();
    if (accounts.length === 0) {
      // It decides what a day is; the settings change it later.
      await store.changeStoreSettings({ timeZone: options.timeZone });
      const account = await options.account();
      if (account !== null) {
        await ensureAccount({ store, clock: createClock(), random: randomBytes }, { ...account, role: "owner" });
        made.push(`account ${account.name}`);
      }
    }
  } finally {
    await store.close();
  }

  const present = await readIfThere(join(dataDir, "gateway.json"));
  if (present !== null) {
    const config = await readGatewayConfig(dataDir);
    return { address: key.address, node: config.node.id, config, made };
  }
  const node = await findNode(options.rpcUrl, deployment, key.address);
  if (node === null) return { address: key.address, node, config: null, made };
  const config = await makeConfig(options, deployment, node);
  made.push("settings");
  return { address: key.address, node, config, made };
}
