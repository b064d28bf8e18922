/**
 * What must be right before an engine starts; each refusal says what to do, and nothing is changed before all of it holds.
 * @module
 */
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { z } from "zod";
import type { ChainDescription } from "../description.ts";
import { readIfThere, replaceFile } from "../files.ts";
import { openKeystore } from "../keystore.ts";
import type { NodeFolder } from "./folder.ts";
import { keystoreFile } from "./identity.ts";
import { measureClockAheadMs, timeServerAt } from "./time-server.ts";

/** A block that is stamped further ahead is refused by the engines; one that comes late costs its sealer its turn. */
const MAX_CLOCK_SKEW_MS = 1_000;
const STARTED = "started.json";

/** What of a description is in block 0 or in every node's rules: it cannot change once there are blocks. */
const LASTING = ["engine", "chainId", "periodSeconds", "gasLimit", "genesisSeconds", "authorities", "balances"] as const satisfies (keyof ChainDescription)[];

const startedSchema = z.strictObject({ version: z.literal(1), genesisHash: z.string(), description: z.record(z.enum(LASTING), z.unknown()) });

/**
 * Opens the node's sealing account.
 * @returns its private key, 0x hex
 * @throws Error when the keystore or the password is missing or wrong
 */
export async function openAccount({ path, node }: NodeFolder, passwordPath: string): Promise<string> {
  return (await openKeystore({ path: join(path, keystoreFile(node.peer.address)), passwordPath })).privateKey;
}

/** @throws Error when another program listens where this node must */
export async function checkPorts({ node }: NodeFolder): Promise<void> {
  await checkPort("127.0.0.1", node.rpcPort, "rpcPort in node.json");
  await checkPort(node.listenHost, node.peer.port, "the peer's port in chain.json, on every node");
}

async function checkPort(host: string, port: number, where: string): Promise<void> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (cause) {
    const taken = cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
    const problem = taken ? `port ${port} of ${host} is taken by another program; stop it` : `this machine cannot listen at port ${port} of ${host}; correct listenHost in node.json`;
    throw new Error(`${problem}, or change ${where}`, { cause });
  }
  server.close();
  await once(server, "close");
}

/** @throws Error when this machine's clock and the time server's differ by more than a second */
export async function checkClock({ description }: NodeFolder, measure = measureClockAheadMs): Promise<void> {
  if (description.timeServer === undefined) return;
  const aheadMs = await measure(timeServerAt(description.timeServer));
  if (Math.abs(aheadMs) <= MAX_CLOCK_SKEW_MS) return;
  const seconds = (Math.abs(aheadMs) / 1000).toFixed(1);
  throw new Error(
    `this machine's clock is ${seconds} s ${aheadMs > 0 ? "ahead of" : "behind"} ${description.timeServer}'s; the others would not take its blocks. ` +
      "Set it by NTP (timedatectl set-ntp true), wait until it is right, and start again.",
  );
}

/**
 * What the chain began with.
 * @returns hash of block 0, or null before the first start
 * @throws Error naming what of the description changed since
 */
export async function checkStarted({ path, description }: NodeFolder): Promise<string | null> {
  const text = await readIfThere(join(path, STARTED));
  if (text === null) return null;
  const { genesisHash, description: before } = startedSchema.parse(JSON.parse(text));
  const changed = LASTING.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(description[field]));
  if (changed.length === 0) return genesisHash;
  const shown = changed.map((field) => `${field} was ${JSON.stringify(before[field])} and is ${JSON.stringify(description[field])}`).join("; ");
  throw new Error(
    `${join(path, "chain.json")} was changed after the chain started: ${shown}. Put it back. ` +
      'Authorities come and go by vote ("daisee chain add-validator"); for other rules, begin a new chain in new folders.',
  );
}

/** Keeps what the chain began with. */
export async function noteStarted({ path, description }: NodeFolder, genesisHash: string): Promise<void> {
  const lasting = Object.fromEntries(LASTING.map((field) => [field, description[field]]));
  await replaceFile(join(path, STARTED), `${JSON.stringify({ version: 1, genesisHash, description: lasting }, null, 2)}\n`);
}
