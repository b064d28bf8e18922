/**
 * `daisee chain start`: runs a node of a community's chain, or the embedded chain, until it is stopped.
 * @module
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { defineCommand } from "citty";
import { startAnvil } from "#chain/anvil.ts";
import { describeChain } from "#chain/description.ts";
import { nodeEngine } from "#chain/engines/engines.ts";
import { readNodeFolder } from "#chain/node/folder.ts";
import type { NodeFolder } from "#chain/node/folder.ts";
import { watchHealth } from "#chain/node/health.ts";
import { startNode } from "#chain/node/start.ts";
import { COMMON_ARGUMENTS, integerOption, numberOption } from "../arguments.ts";
import { untilStopped } from "../signals.ts";
import { PASSWORD_ARGUMENT, withPasswordFile } from "./chain-password.ts";

type Say = (text: string) => void;

async function runEmbedded(folder: string, port: number, periodSeconds: number, say: Say): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const ended = endedSignal();
  const anvil = await startAnvil({
    port,
    description: describeChain({ periodSeconds }),
    clock: { nowMs: () => Date.now() },
    statePath: join(folder, "state.json"),
    onExit: ended.fail,
    onError: (error) => say(`a block failed and is tried again: ${error instanceof Error ? error.message : String(error)}`),
  });
  say(`the embedded chain answers at ${anvil.rpcUrl}, a block every ${periodSeconds} s. Ctrl-C stops it.`);
  await ended.wait();
  await anvil.stop();
  ended.check();
}

async function runNode(folder: NodeFolder, passwordPath: string, quiet: boolean, say: Say): Promise<void> {
  const ended = endedSignal();
  const watching = new AbortController();
  const node = await startNode({
    folder,
    passwordPath,
    ...(!quiet && { onLog: (line) => console.error(line) }),
    onWarning: (warning) => say(`! ${warning}`),
    onExit: ended.fail,
  });
  say(`${folder.node.peer.name}: ${nodeEngine(folder.description.engine).title} answers at ${node.rpcUrl}, block 0 is ${node.genesisHash}. Ctrl-C stops it.`);
  const health = watchHealth({ folder, rpc: node.rpc, nowMs: () => Date.now(), onChange: say, signal: watching.signal });
  await ended.wait();
  watching.abort();
  await health;
  await node.stop();
  ended.check();
}

/** Ends at a signal, or when the engine does. */
function endedSignal(): { fail: (how: string) => void; wait: () => Promise<void>; check: () => void } {
  let failure: string | undefined;
  let end = (): void => undefined;
  const exited = new Promise<void>((resolve) => (end = resolve));
  return {
    fail: (how) => {
      failure = how;
      end();
    },
    wait: () => Promise.race([exited, untilStopped()]),
    check: () => {
      if (failure !== undefined) throw new Error(failure);
    },
  };
}

export const start = defineCommand({
  meta: {
    name: "start",
    description: "Run a node with its engine until Ctrl-C. Examples: daisee chain start --folder village/anna; daisee chain start --embedded --folder .daisee/chain",
  },
  args: {
    folder: { type: "string", description: "The node's folder; with --embedded, where that chain is kept", valueHint: "folder", required: true },
    ...PASSWORD_ARGUMENT,
    embedded: { type: "boolean", description: "Run the embedded chain: one process, for one home", default: false },
    port: { type: "string", description: "Loopback port of the embedded chain", valueHint: "port", default: "9545" },
    period: { type: "string", description: "Seconds between the embedded chain's blocks", valueHint: "s", default: "5" },
    quiet: { type: "boolean", description: "Leave the engine's own log out", default: false },
    json: { type: "boolean", description: "Print each message as a line of JSON", default: false },
    ...COMMON_ARGUMENTS,
  },
  async run({ args }) {
    const say: Say = (text) => {
      const time = new Date().toISOString();
      console.log(args.json ? JSON.stringify({ time, text }) : `${time} ${text}`);
    };
    if (args.embedded) {
      await runEmbedded(args.folder, integerOption("port", args.port, 1024, 65_535), numberOption("period", args.period, 0.1, 3600), say);
      return;
    }
    const folder = await readNodeFolder(args.folder);
    if (folder.node.seals) await withPasswordFile(args.passwordFile, (passwordPath) => runNode(folder, passwordPath, args.quiet, say));
    else await runNode(folder, "", args.quiet, say);
    // An open channel to a parent would hold the process.
    if (process.connected) process.disconnect();
  },
});
