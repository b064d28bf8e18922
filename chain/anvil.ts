/**
 * The embedded chain: anvil under supervision. For one home, the demo and tests; a community runs a network of validators instead.
 * @module
 */
import { resolve } from "node:path";
import { z } from "zod";
import { spawnAnvil } from "./anvil-process.ts";
import { startBlockClock, type BlockClock } from "./block-clock.ts";
import { describeChain, type ChainDescription } from "./description.ts";
import { endOrphan, forgetChild, noteChild, processName } from "./orphan.ts";
import { createRpc, type Rpc } from "./rpc.ts";
import { saveState, savedTimes, type SavedTimes } from "./state.ts";

/** Real ms between two saves. What is newer is lost when anvil or this process is killed; the gateways send it again. */
const SAVE_INTERVAL_MS = 5_000;
/** States kept in memory, for reorganisations that deep. With a limit, anvil puts none into the user's home folder. */
const KEPT_STATES = 64;

interface Clock {
  /** UTC in ms since 1970. */
  nowMs(): number;
}

export interface AnvilOptions {
  /** 0 for a free one. */
  port: number;
  /** Defaults as in `describeChain`. */
  description?: Partial<ChainDescription>;
  /**
   * Blocks are made every `periodSeconds` of real time and bear this clock's time. Without a clock each transaction gets a block at once,
   * stamped by anvil's own clock: for tests of contracts.
   */
  clock?: Clock;
  /** File that keeps the chain; needs a clock. Without it the chain is gone at the end. */
  statePath?: string;
  /** Called when anvil exits though it was not asked to. */
  onExit?: (how: string) => void;
  /** Called when a block could not be made or kept; both are tried again. */
  onError?: (error: unknown) => void;
}

export interface Anvil {
  rpcUrl: string;
  port: number;
  pid: number;
  /** Keeps the state and ends the process. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded chain, or goes on with the one that was kept. Resolves when it answers.
 * @throws Error when the port is taken, when another process runs this chain, or when the kept chain is ahead of the clock
 */
export async function startAnvil(options: AnvilOptions): Promise<Anvil> {
  const { clock, onExit, onError = () => undefined } = options;
  if (clock === undefined && options.statePath !== undefined) throw new Error("a chain that is kept needs a clock that outlives it");
  const description = describeChain(options.description);
  const statePath = options.statePath && resolve(options.statePath);
  const saved = statePath === undefined ? null : await prepareState(statePath, description, clock);

  const child = await spawnAnvil({
    port: options.port,
    name: processName(statePath ?? "in memory"),
    arguments: [...anvilArguments(description, saved?.genesisUtcMs ?? clock?.nowMs()), ...(saved === null ? [] : ["--load-state", statePath ?? ""])],
  });
  const rpcUrl = `http://127.0.0.1:${child.port}`;
  const rpc = createRpc(rpcUrl);
  const saver = statePath === undefined ? undefined : createSaver(rpc, statePath);
  const end = async (): Promise<void> => {
    await child.end();
    if (statePath !== undefined) await forgetChild(statePath);
  };

  let blocks: BlockClock | undefined;
  try {
    if (statePath !== undefined) await noteChild(statePath, child.pid);
    // From the start: were block 0 lost in a crash, a chain with another one would take its place.
    await saver?.save();
    blocks =
      clock &&
      startBlockClock({
        rpc,
        clock,
        periodMs: description.periodSeconds * 1000,
        headTimestamp: await headTimestamp(rpc),
        onBlock: async (transactionCount) => saver?.afterBlock(transactionCount),
        onError,
      });
  } catch (error) {
    await end();
    throw error;
  }

  let ending: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await blocks?.stop();
    try {
      await saver?.save();
    } finally {
      await end();
    }
  };
  const watch = async (): Promise<void> => {
    const how = await child.exited;
    if (ending !== undefined) return;
    ending = blocks?.stop() ?? Promise.resolve();
    await ending;
    onExit?.(how);
  };
  void watch();
  return { rpcUrl, port: child.port, pid: child.pid, stop: () => (ending ??= stop()) };
}

/** Makes sure that nothing stands against going on from the file; resolves with its times, null for a new chain. */
async function prepareState(statePath: string, { periodSeconds }: ChainDescription, clock: Clock | undefined): Promise<SavedTimes | null> {
  await endOrphan(statePath, processName(statePath));
  const saved = await savedTimes(statePath);
  const nowMs = clock?.nowMs() ?? Infinity;
  if (saved !== null && saved.headUtcMs > nowMs + periodSeconds * 1000) {
    throw new Error(
      `the chain in ${statePath} has come to ${new Date(saved.headUtcMs).toISOString()}, but the clock shows ${new Date(nowMs).toISOString()}: ` +
        "set the clock to go on from there, or delete the file to begin a new chain",
    );
  }
  return saved;
}

function anvilArguments({ chainId, gasLimit }: ChainDescription, genesisUtcMs: number | undefined): string[] {
  const common = ["--chain-id", chainId, "--gas-limit", gasLimit, "--hardfork", "london", "--prune-history", KEPT_STATES];
  const free = ["--base-fee", "0", "--gas-price", "0", "--disable-min-priority-fee"];
  // No accounts whose keys everybody knows, and no web page that may call us.
  const closed = ["--accounts", "0", "--no-cors"];
  // A kept chain's block 0 is made again, equal: two of them in one state, and the next start takes either.
  const timed = genesisUtcMs === undefined ? [] : ["--no-mining", "--timestamp", Math.floor(genesisUtcMs / 1000)];
  return [...common, ...free, ...closed, ...timed].map(String);
}

async function headTimestamp(rpc: Rpc): Promise<number> {
  return Number(z.object({ timestamp: z.string() }).parse(await rpc("eth_getBlockByNumber", ["latest", false])).timestamp);
}

/** Keeps the state after blocks that changed it, not more often than the interval says. */
function createSaver(rpc: Rpc, path: string): { save(): Promise<void>; afterBlock(transactionCount: number): Promise<void> } {
  let savedAtMs = -Infinity;
  let changed = false;
  const save = async (): Promise<void> => {
    await saveState(rpc, path);
    savedAtMs = performance.now();
    changed = false;
  };
  return {
    save,
    afterBlock: async (transactionCount) => {
      changed ||= transactionCount > 0;
      if (changed && performance.now() - savedAtMs >= SAVE_INTERVAL_MS) await save();
    },
  };
}
