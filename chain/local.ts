/**
 * A whole chain on one machine, for the demo and tests: three geth validators, or anvil where there is no geth.
 * @module
 */
import { randomBytes } from "node:crypto";
import { createWriteStream, existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startAnvil } from "./anvil.ts";
import { describeChain, type ChainDescription } from "./description.ts";
import { createNetwork } from "./network.ts";
import { readNodeFolder, type NodeFolder } from "./node/folder.ts";
import { startNode, type RunningNode } from "./node/start.ts";
import { freePorts } from "./ports.ts";

const VALIDATORS = ["anna", "bert", "carla"];
const HOST = "127.0.0.1";
/** A password of 256 random bits needs no costly key derivation. */
const LIGHT_SCRYPT_N = 4096;

export interface LocalChainOptions {
  /** Folder of all that it keeps. */
  path: string;
  periodSeconds: number;
  /** geth's program; null for anvil. */
  geth: string | null;
  /** Of the first node's JSON-RPC, the others' are the next; 0 for free ones. */
  port: number;
  clock: { nowMs(): number };
  /** Whether the clock shows real time: geth knows no other. */
  realTime: boolean;
  /** Told when a program exits though it was not asked to. */
  onExit: (how: string) => void;
  /** Told what fails and is tried again, or needs a look. */
  onWarning: (warning: string) => void;
}

export interface LocalChain {
  /** What it is, for people. */
  title: string;
  description: ChainDescription;
  /** One per node: each home has its own. */
  rpcUrls: string[];
  pids(): number[];
  stop(): Promise<void>;
}

/**
 * Starts the chain, or goes on with the one in the folder.
 * @throws Error when the one in the folder is of another kind than can be run now
 */
export async function startLocalChain(options: LocalChainOptions): Promise<LocalChain> {
  const statePath = join(options.path, "state.json");
  const networkPath = join(options.path, "validators");
  await mkdir(options.path, { recursive: true, mode: 0o700 });
  if (existsSync(networkPath)) {
    if (options.geth === null) throw new Error("this village's chain is kept by geth, which is not here: name it by the environment variable GETH, or begin anew with --fresh");
    if (!options.realTime) throw new Error("this village's chain is kept by geth, which knows only real time: run at speed 1, or begin anew with --fresh");
    return startValidators(options, options.geth, networkPath);
  }
  // What anvil began, anvil goes on with.
  if (options.geth === null || !options.realTime || existsSync(statePath)) return startEmbedded(options, statePath);
  return startValidators(options, options.geth, networkPath);
}

async function startEmbedded({ periodSeconds, port, clock, onExit, onWarning }: LocalChainOptions, statePath: string): Promise<LocalChain> {
  const description = describeChain({ periodSeconds });
  const onError = (error: unknown): void => onWarning(error instanceof Error ? error.message : String(error));
  const anvil = await startAnvil({ port, description, clock, statePath, onExit, onError });
  return { title: `anvil on port ${anvil.port}`, description, rpcUrls: [anvil.rpcUrl], pids: () => [anvil.pid], stop: () => anvil.stop() };
}

async function startValidators(options: LocalChainOptions, program: string, networkPath: string): Promise<LocalChain> {
  const passwordPath = join(options.path, "validators-password");
  const folders = existsSync(networkPath) ? await readNetwork(networkPath) : await makeNetwork(options, networkPath, passwordPath);
  const nodes: RunningNode[] = [];
  const stop = async (): Promise<void> => void (await Promise.all(nodes.map((node) => node.stop())));
  const { onExit, onWarning } = options;
  const starting = folders.map(async (folder) => {
    // For whoever wants to know what a validator did; begun anew at each start.
    const log = createWriteStream(join(folder.path, "engine.log"));
    const tell = (warning: string): void => onWarning(`${folder.node.peer.name}: ${warning}`);
    nodes.push(await startNode({ folder, passwordPath, program, onLog: (line) => log.write(`${line}\n`), onWarning: tell, onExit }));
  });
  const failed = (await Promise.allSettled(starting)).find((result) => result.status === "rejected");
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  const [first] = folders;
  if (first === undefined) throw new Error(`${networkPath} has no validators; begin anew with --fresh`);
  const rpcPorts = folders.map(({ node }) => node.rpcPort);
  return {
    title: `${folders.length} geth validators (Clique) on ports ${rpcPorts.join(", ")}`,
    description: first.description,
    rpcUrls: rpcPorts.map((port) => `http://${HOST}:${port}`),
    pids: () => nodes.map(({ pid }) => pid),
    stop,
  };
}

async function readNetwork(networkPath: string): Promise<NodeFolder[]> {
  const names = (await readdir(networkPath)).filter((name) => !name.startsWith(".")).sort();
  return Promise.all(names.map((name) => readNodeFolder(join(networkPath, name))));
}

async function makeNetwork({ port, periodSeconds }: LocalChainOptions, path: string, passwordPath: string): Promise<NodeFolder[]> {
  // Here, and only here, one password beside the keys: this is one person's demo.
  const password = randomBytes(32).toString("base64url");
  await writeFile(passwordPath, `${password}\n`, { mode: 0o600 });
  const free = await freePorts(2 * VALIDATORS.length);
  return createNetwork({
    path,
    description: { engine: "clique", periodSeconds },
    password,
    keystore: { scryptN: LIGHT_SCRYPT_N },
    validators: VALIDATORS.map((name, index) => ({
      name,
      host: HOST,
      listenHost: HOST,
      port: free[index] ?? 0,
      rpcPort: port === 0 ? (free[VALIDATORS.length + index] ?? 0) : port + index,
    })),
  });
}
