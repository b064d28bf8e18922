/**
 * Runs one node of a community's chain: checks, the engine as a supervised child, and its JSON-RPC on the loopback interface.
 * @module
 */
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { startChild, type Child } from "../child.ts";
import type { NodeEngine, RunPaths } from "../engines/engine.ts";
import { nodeEngine } from "../engines/engines.ts";
import { GETH_SOCKET } from "../engines/geth.ts";
import { readPassword } from "../keystore.ts";
import { endOrphan, forgetChild, noteChild } from "../orphan.ts";
import { createRpc, type Rpc } from "../rpc.ts";
import { createSocketRpc } from "../socket-rpc.ts";
import { explainLog } from "./engine-log.ts";
import { checkClock, checkPorts, checkStarted, noteStarted, openAccount } from "./preflight.ts";
import { findProgram } from "./program.ts";
import { startRelay } from "./relay.ts";
import { writeNodeFiles, type NodeFolder } from "./folder.ts";

/** A JVM on a small machine takes its time, and so does a key's decryption. */
const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 45_000;
const POLL_MS = 50;
/** A socket file's path may have 108 bytes on Linux, less elsewhere, its end included. */
const MAX_SOCKET_PATH = 103;

export interface StartNodeOptions {
  folder: NodeFolder;
  /** File with the password of the sealing account, mode 0600; not needed for a node that only follows. */
  passwordPath: string;
  /** The engine's program; by default as `findProgram` finds it. */
  program?: string;
  /** Told of each line that the engine logs. */
  onLog?: (line: string) => void;
  /** Told, once per cause, of what a log's line means for its operator. */
  onWarning?: (warning: string) => void;
  /** Called when the engine exits though it was not asked to. */
  onExit?: (how: string) => void;
}

export interface RunningNode {
  /** For gateways. */
  rpcUrl: string;
  /** For its operator: votes and administration too. */
  rpc: Rpc;
  pid: number;
  genesisHash: string;
  /** May be called again. */
  stop(): Promise<void>;
  /** Ends the engine as a power cut would. */
  kill(): Promise<void>;
}

/** How an operator reaches a node that runs, within real ms: geth by its socket, the others by their loopback port. */
export function operatorRpc({ path, description, node }: NodeFolder, timeoutMs = 10_000): Rpc {
  return description.engine === "clique" ? createSocketRpc(join(path, GETH_SOCKET), timeoutMs) : createRpc(`http://127.0.0.1:${node.rpcPort}`, timeoutMs);
}

/**
 * Starts a node and waits until it answers.
 * @throws Error with what to do when a check fails or the engine does not come up; nothing is left running then
 */
export async function startNode(options: StartNodeOptions): Promise<RunningNode> {
  const { folder, onExit, onWarning = () => undefined } = options;
  const { path, description, node } = folder;
  // The engine works in its own folder.
  const passwordPath = resolve(options.passwordPath);
  const engine = nodeEngine(description.engine);
  const program = options.program ?? (await findProgram(engine));
  if (program === null) throw new Error(`there is no ${engine.program} here; install it (see ${engine.page}), or name it by the environment variable ${engine.program.toUpperCase()}`);
  if (join(path, GETH_SOCKET).length > MAX_SOCKET_PATH) throw new Error(`${path} is too long a path for a socket in it; move the folder to a shorter one`);
  await endOrphan(join(path, "engine"), path);
  const knownGenesis = await checkStarted(folder);
  await checkPorts(folder);
  await checkClock(folder);
  const key = node.seals ? await openAccount(folder, passwordPath) : "";
  const password = node.seals ? await readPassword(passwordPath) : "";

  await writeNodeFiles(folder);
  const runtime = await mkdtemp(join(process.env["RUNTIME_DIRECTORY"] ?? tmpdir(), "daisee-chain-"));
  const forgetKey = (): Promise<void> => rm(runtime, { recursive: true, force: true });
  let child: Child | undefined;
  try {
    const paths = { folder: path, passwordPath, keyPath: join(runtime, "key") };
    if (engine.needsPlainKey && node.seals) await writeFile(paths.keyPath, key, { mode: 0o600 });
    await initialise(engine, program, paths, knownGenesis === null);
    const explain = explainLog(onWarning);
    child = await startChild({
      title: engine.title,
      program,
      arguments: engine.arguments(description, node, paths),
      folder: path,
      // It names the program for us; geth takes every variable with this name's beginning for a setting of its own.
      withoutVariable: engine.program.toUpperCase(),
      stopTimeoutMs: STOP_TIMEOUT_MS,
      onLine: (line) => {
        options.onLog?.(line);
        explain(line);
      },
    });
    await noteChild(join(path, "engine"), child.pid);
    const rpc = operatorRpc(folder);
    const genesisHash = await untilAnswers(rpc, child);
    await checkIdentity(folder, rpc, genesisHash, knownGenesis);
    if (knownGenesis === null) await noteStarted(folder, genesisHash);
    await forgetKey();
    const relay = description.engine === "clique" ? await startRelay(join(path, GETH_SOCKET), node.rpcPort) : null;
    const beginning = new AbortController();
    // Not waited for: the node answers its gateway meanwhile. One that exits meanwhile is told of as such.
    const begun = engine.begin?.(description, node, operatorRpc(folder, START_TIMEOUT_MS), beginning.signal, password).catch((error: unknown) => {
      if (!beginning.signal.aborted) onWarning(`it does not begin to seal: ${error instanceof Error ? error.message : String(error)}`);
    });
    const cleanUp = async (): Promise<void> => {
      await begun;
      await relay?.close();
      await forgetChild(join(path, "engine"));
    };
    return { rpcUrl: relay?.rpcUrl ?? `http://127.0.0.1:${node.rpcPort}`, rpc, genesisHash, pid: child.pid, ...supervise({ child, beginning, cleanUp, onExit }) };
  } catch (error) {
    await child?.end();
    await forgetKey();
    await forgetChild(join(path, "engine"));
    throw error;
  }
}

interface Supervised {
  child: Child;
  beginning: AbortController;
  cleanUp: () => Promise<void>;
  onExit: ((how: string) => void) | undefined;
}

/** Ends it once, however that comes about. */
function supervise({ child, beginning, cleanUp, onExit }: Supervised): Pick<RunningNode, "stop" | "kill"> {
  let ending: Promise<void> | undefined;
  const end = async (how: () => Promise<unknown>): Promise<void> => {
    beginning.abort();
    await how();
    await cleanUp();
  };
  const watch = async (): Promise<void> => {
    const how = await child.exited;
    if (ending !== undefined) return;
    ending = end(() => Promise.resolve());
    await ending;
    onExit?.(how);
  };
  void watch();
  return { stop: () => (ending ??= end(() => child.end())), kill: () => (ending ??= end(() => child.kill())) };
}

/** Block 0 in the engine's data folder: at the first start (again, if that was interrupted), and where the data were lost. */
async function initialise({ title, init }: NodeEngine, program: string, paths: RunPaths, first: boolean): Promise<void> {
  if (init === undefined || !(first || !existsSync(join(paths.folder, init.madePath)))) return;
  const child = await startChild({ title, program, arguments: init.arguments(paths), folder: paths.folder, stopTimeoutMs: STOP_TIMEOUT_MS });
  const how = await child.exited;
  if (!how.includes("exited with code 0")) throw new Error(`block 0 cannot be made in ${paths.folder}: ${how}`);
}

/** Hash of block 0, as soon as the engine tells it. */
async function untilAnswers(rpc: Rpc, child: Child): Promise<string> {
  const end = performance.now() + START_TIMEOUT_MS;
  let exited: string | undefined;
  void child.exited.then((how) => (exited = how));
  for (;;) {
    const block = await rpc("eth_getBlockByNumber", ["0x0", false]).catch(() => null);
    if (block !== null) return z.object({ hash: z.string() }).parse(block).hash;
    if (exited !== undefined) throw new Error(exited);
    if (performance.now() > end) throw new Error(`the engine does not answer after ${START_TIMEOUT_MS / 1000} s; see its log`);
    await delay(POLL_MS);
  }
}

async function checkIdentity({ path, description }: NodeFolder, rpc: Rpc, genesisHash: string, knownGenesis: string | null): Promise<void> {
  const chainId = Number(await rpc("eth_chainId"));
  if (chainId === description.chainId && (knownGenesis === null || genesisHash === knownGenesis)) return;
  throw new Error(
    `the data in ${path} are another chain's (id ${chainId}, block 0 ${genesisHash}; expected id ${description.chainId}, block 0 ${knownGenesis}): ` +
      "its folder was wiped or replaced. Restore it from a backup, or empty its data folder to fetch the chain from the peers anew.",
  );
}
