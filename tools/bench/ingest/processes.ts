/**
 * Starts the ingest bench's processes and talks to them.
 * @module
 */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { LoadReport } from "./load.ts";
import type { ServerReport } from "./server.ts";

function start(script: string, parameters: (string | number)[], execArgv: string[]): ChildProcess {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return fork(path, parameters.map(String), { execArgv, serialization: "advanced" });
}

async function report(child: ChildProcess): Promise<ServerReport> {
  const exited = new AbortController();
  const onExit = (): void => exited.abort(new Error("the server's process ended by itself"));
  child.once("exit", onExit);
  try {
    const [message] = await once(child, "message", { signal: exited.signal });
    // The process sends nothing else.
    return message as ServerReport;
  } finally {
    child.off("exit", onExit);
  }
}

export interface Server {
  readonly port: number;
  /** From opening its data to listening, in ms. */
  readonly startMs: number;
  readonly child: ChildProcess;
  ask(): Promise<ServerReport>;
  stop(): Promise<void>;
}

/** Starts a server process and waits until it listens. */
export async function startServer(kind: "gateway" | "echo", folder: string, boards: number): Promise<Server> {
  const profile = process.env["PROFILE"];
  const child = start("server.mjs", [kind, folder, boards], profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`]);
  const { port, startMs } = await report(child);
  return {
    port,
    startMs,
    child,
    ask() {
      child.send("report");
      return report(child);
    },
    async stop() {
      const exited = once(child, "exit");
      child.send("stop");
      await exited;
    },
  };
}

export interface LoadOptions {
  port: number;
  boards: number;
  /** Number of the first frame of each board. */
  first: number;
  rounds: number;
  perRound: number;
  checkEvery: number;
  /** Between two frames of a board; 0 for the next one as soon as it may. */
  everyMs: number;
}

/** Runs the boards to their end; `onRound` is told of each round. */
export async function runLoad(options: LoadOptions, onRound: (report: LoadReport) => Promise<void> | void): Promise<void> {
  const { port, boards, first, rounds, perRound, checkEvery, everyMs } = options;
  const child = start("load.ts", [port, boards, first, rounds, perRound, checkEvery, everyMs], ["--import", "tsx"]);
  const exited = once(child, "exit");
  const told: Promise<void>[] = [];
  // The process sends nothing else.
  child.on("message", (message) => told.push(Promise.resolve(onRound(message as LoadReport))));
  const [code] = await exited;
  await Promise.all(told);
  if (code !== 0) throw new Error(`the boards' process ended with code ${String(code)}`);
}
