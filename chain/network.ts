/**
 * A new community's chain: keys for each validator, one description, and a folder for each.
 * @module
 */
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describeChain, type ChainDescription, type Peer } from "./description.ts";
import type { LocalNode } from "./engines/engine.ts";
import { nodeEngine } from "./engines/engines.ts";
import type { KeystoreOptions } from "./keystore.ts";
import { createNodeFolder, type NodeFolder } from "./node/folder.ts";
import { createIdentity } from "./node/identity.ts";

/** A node before it has keys. */
export interface NodePlan extends Pick<Peer, "name" | "host" | "port">, Pick<LocalNode, "rpcPort" | "listenHost"> {}

export interface NetworkOptions {
  /** Folder of the validators' folders. */
  path: string;
  /** What of the description is not the default; authorities and peers follow from the validators. */
  description: Partial<ChainDescription>;
  validators: NodePlan[];
  /** Of every keystore: whoever sets up several validators hands each its folder, and its owner changes the password there. */
  password: string;
  keystore?: KeystoreOptions;
}

/**
 * Writes the folder of each validator, all of them or none.
 * @throws Error naming what is wrong in the description, or the folder that exists already
 */
export async function createNetwork({ path, description: given, validators, password, keystore }: NetworkOptions): Promise<NodeFolder[]> {
  // Checked as far as it can be before keys are made.
  const { engine: kind } = describeChain({ ...given, authorities: validators.map((_, index) => `0x${String(index).padStart(40, "0")}`) });
  const engine = nodeEngine(kind);
  const paths = validators.map(({ name }) => join(resolve(path), name));
  const taken = paths.find((folder) => existsSync(folder));
  if (taken !== undefined) throw new Error(`${taken} exists already; it is never replaced. Choose another folder, or move it away.`);

  const members = await Promise.all(validators.map(async (plan) => ({ plan, identity: await createIdentity(engine, password, keystore) })));
  const peers = members.map(({ plan: { name, host, port }, identity: { address, nodeId } }): Peer => ({ name, address, nodeId, host, port }));
  const description = describeChain({ ...given, authorities: peers.map(({ address }) => address), peers });

  await mkdir(path, { recursive: true, mode: 0o700 });
  const folders = members.map(({ plan, identity: { address, nodeId, files } }) => {
    const { name, host, port, rpcPort, listenHost } = plan;
    const node: LocalNode = { peer: { name, address, nodeId, host, port }, rpcPort, listenHost, seals: true };
    return { folder: { path: join(resolve(path), name), description, node }, secrets: { files } };
  });
  try {
    for (const { folder, secrets } of folders) await createNodeFolder(folder, secrets);
  } catch (error) {
    for (const folder of paths) await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return folders.map(({ folder }) => folder);
}
