/**
 * A node that joins a chain which is there already: its own keys and folder, and its place in the others' descriptions.
 * @module
 */
import { resolve } from "node:path";
import { describeChain, type ChainDescription, type Peer } from "./description.ts";
import { enodeOf } from "./engines/engine.ts";
import { nodeEngine } from "./engines/engines.ts";
import type { KeystoreOptions } from "./keystore.ts";
import type { NodePlan } from "./network.ts";
import { createNodeFolder, writeNodeFiles, type NodeFolder } from "./node/folder.ts";
import { createIdentity } from "./node/identity.ts";
import type { Rpc } from "./rpc.ts";

export interface JoinOptions {
  /** The new node's folder. */
  path: string;
  /** As a node of the chain exported it. */
  description: ChainDescription;
  plan: NodePlan;
  password: string;
  keystore?: KeystoreOptions;
}

/**
 * Makes a joining node's keys and folder. It follows the chain at once, and seals when the authorities have voted for it.
 * @throws Error when the folder exists, or the chain has a node of that name or at that place
 */
export async function joinNetwork({ path, description, plan, password, keystore }: JoinOptions): Promise<NodeFolder> {
  const { name, host, port, rpcPort, listenHost } = plan;
  const { address, nodeId, files } = await createIdentity(nodeEngine(description.engine), password, keystore);
  const peer: Peer = { name, address, nodeId, host, port };
  const folder: NodeFolder = { path: resolve(path), description: withPeer(description, peer), node: { peer, rpcPort, listenHost, seals: true } };
  await createNodeFolder(folder, { files });
  return folder;
}

/**
 * Lets a node know a peer: in its files and, where the engine can, at once.
 * @returns whether a running engine knows it already; else it does from its next start
 */
export async function meetPeer(folder: NodeFolder, peer: Peer, rpc: Rpc | null): Promise<boolean> {
  await writeNodeFiles({ ...folder, description: withPeer(folder.description, peer) });
  if (rpc === null || folder.description.engine !== "clique") return false;
  await rpc("admin_addTrustedPeer", [enodeOf(peer)]);
  await rpc("admin_addPeer", [enodeOf(peer)]);
  return true;
}

/** @throws Error when another peer has its name, keys or place */
function withPeer(description: ChainDescription, peer: Peer): ChainDescription {
  const others = description.peers.filter(({ address }) => address !== peer.address);
  return describeChain({ ...description, peers: [...others, peer] });
}
