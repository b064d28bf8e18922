/**
 * A new community's chain: keys for each validator, one description, and a folder for each.
 * @module
 */
import { join, resolve } from "node:path";
import { describeChain, type ChainDescription, type Peer } from "./description.ts";
import type { LocalNode } from "./engines/engine.ts";
import { nodeEngine } from "./engines/engines.ts";
import { createFolder } from "./files.ts";
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
  const members = await Promise.all(
    validators.map(async ({ name, host, port, rpcPort, listenHost }) => {
      const { address, nodeId, files } = await createIdentity(engine, password, keystore);
      const node: LocalNode = { peer: { name, address, nodeId, host, port }, rpcPort, listenHost, seals: true };
      return { node, files };
    }),
  );
  const peers = members.map(({ node }) => node.peer);
  const description = describeChain({ ...given, authorities: peers.map(({ address }) => address), peers });
  await createFolder(resolve(path), async (part) => {
    for (const { node, files } of members) await createNodeFolder({ path: join(part, node.peer.name), description, node }, { files });
  });
  return members.map(({ node }) => ({ path: join(resolve(path), node.peer.name), description, node }));
}
