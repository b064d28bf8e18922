/**
 * A node's folder: the chain's description, which node of it this is, its key, and the engine's files, which follow from these.
 *
 *     chain.json        the description, equal on every node
 *     node.json         what concerns this machine alone
 *     peer.json         its place among the peers, for whoever votes for it
 *     started.json      what the chain began with, since its first start
 *     keystore/         the sealing account, encrypted
 *     data/             the engine's own
 *
 * @module
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { describeChain, peerSchema, type ChainDescription, type Peer } from "../description.ts";
import type { LocalNode } from "../engines/engine.ts";
import { nodeEngine } from "../engines/engines.ts";
import { systemdUnit } from "../engines/unit.ts";
import { createFolder, readIfThere, replaceFile } from "../files.ts";

const DESCRIPTION = "chain.json";
const NODE = "node.json";
const PEER = "peer.json";
export const UNIT = "daisee-chain.service";

const nodeSchema = z.strictObject({
  version: z.literal(1),
  /** Its own among the description's peers. */
  name: z.string(),
  rpcPort: z.int().min(1).max(65535),
  listenHost: z.union([z.ipv4(), z.ipv6()]),
  seals: z.boolean(),
});

export interface NodeFolder {
  /** Absolute. */
  path: string;
  description: ChainDescription;
  node: LocalNode;
}

/** What only this node has. */
export interface NodeSecrets {
  /** Files below its folder, by path; mode 0600. */
  files: Record<string, string>;
}

/**
 * Makes a node's folder, whole or not at all.
 * @throws Error when there is one already: it may hold a key that seals
 */
export function createNodeFolder({ path, description, node }: NodeFolder, secrets: NodeSecrets): Promise<void> {
  return createFolder(path, async (part) => {
    for (const [name, text] of Object.entries(secrets.files)) {
      await mkdir(dirname(join(part, name)), { recursive: true, mode: 0o700 });
      await writeFile(join(part, name), text, { mode: 0o600 });
    }
    await writeNodeFiles({ path: part, description, node });
  });
}

/** Writes the description, and what follows from it, into a node's folder. Its key and data stay. */
export async function writeNodeFiles({ path, description, node }: NodeFolder): Promise<void> {
  const engine = nodeEngine(description.engine);
  const { peer, rpcPort, listenHost, seals } = node;
  const own = { version: 1, name: peer.name, rpcPort, listenHost, seals };
  await replaceFile(join(path, DESCRIPTION), `${JSON.stringify(description, null, 2)}\n`);
  await replaceFile(join(path, NODE), `${JSON.stringify(own, null, 2)}\n`);
  await replaceFile(join(path, PEER), `${JSON.stringify(peer, null, 2)}\n`);
  for (const [name, text] of Object.entries(engine.files(description, node).files)) await replaceFile(join(path, name), text);
  await replaceFile(join(path, UNIT), systemdUnit(engine, node));
}

/**
 * Reads a node's folder.
 * @throws Error naming the file and what is wrong in it
 */
export async function readNodeFolder(folder: string): Promise<NodeFolder> {
  const path = resolve(folder);
  const description = await readDescription(join(path, DESCRIPTION));
  const checked = nodeSchema.safeParse(await readJson(join(path, NODE)));
  if (!checked.success) throw new Error(`${join(path, NODE)}: ${z.prettifyError(checked.error)}`);
  const { name, rpcPort, listenHost, seals } = checked.data;
  const peer = description.peers.find((candidate) => candidate.name === name);
  if (peer === undefined) throw new Error(`${join(path, DESCRIPTION)} has no peer "${name}", which this node is by ${NODE}; put it back among the peers`);
  return { path, description, node: { peer, rpcPort, listenHost, seals } };
}

/**
 * Reads a description's file.
 * @throws Error naming the file and each wrong field
 */
export async function readDescription(path: string): Promise<ChainDescription> {
  const json = await readJson(path);
  try {
    return describeChain(json);
  } catch (cause) {
    throw new Error(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/**
 * Reads a peer's file, as its node has it.
 * @throws Error naming the file and each wrong field
 */
export async function readPeer(path: string): Promise<Peer> {
  const checked = peerSchema.safeParse(await readJson(path));
  if (!checked.success) throw new Error(`${path}: ${z.prettifyError(checked.error)}`);
  return checked.data;
}

async function readJson(path: string): Promise<unknown> {
  const text = await readIfThere(path);
  if (text === null) throw new Error(`there is no ${path}; make a node's folder with "daisee chain init", or name one with --folder`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${path} is not JSON; restore it from a backup or from another node ("daisee chain export")`, { cause });
  }
}
