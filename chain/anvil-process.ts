/**
 * anvil as a child process: started, watched until it listens, and ended for certain.
 * @module
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { anvilBinary } from "./anvil-binary.ts";

/** How long it may take to start and to stop, real ms; its state may be large. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;

export interface AnvilProcess {
  pid: number;
  port: number;
  /** Resolves when it has exited, with how and with its last words. */
  exited: Promise<string>;
  /** Ends it, gently at first. */
  end(): Promise<void>;
}

export interface SpawnOptions {
  /** 0 for a free one. */
  port: number;
  /** Name under which process listings show it. */
  name: string;
  arguments: string[];
}

/**
 * Starts anvil on the loopback interface.
 * @throws Error when it exits before it listens; says so when the port is taken
 */
export async function spawnAnvil(options: SpawnOptions): Promise<AnvilProcess> {
  const child = spawn(anvilBinary(), ["--host", "127.0.0.1", "--port", String(options.port), ...options.arguments], {
    argv0: options.name,
    stdio: ["ignore", "pipe", "pipe"],
    // Not in the terminal's process group: Ctrl-C is for us, who save the state first.
    detached: true,
  });
  const killNow = (): void => void child.kill("SIGKILL");
  process.once("exit", killNow);
  const words = lastWords(child);
  const exited = once(child, "close").then(([code, signal]) => {
    process.off("exit", killNow);
    return `anvil exited with ${signal === null ? `code ${String(code)}` : String(signal)}: ${words()}`;
  });
  const port = await Promise.race([listeningPort(child), exited.then((how) => refuse(how, options.port))]).catch(async (error: unknown) => {
    killNow();
    await exited.catch(() => undefined);
    throw error;
  });
  return { pid: child.pid ?? 0, port, exited, end: () => end(child, exited) };
}

async function end(child: ChildProcess, exited: Promise<string>): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}

function listeningPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("anvil does not listen")), START_TIMEOUT_MS);
    child.once("exit", () => clearTimeout(timer));
    child.stdout?.on("data", (chunk: Buffer) => {
      const [, port] = /Listening on [\d.]+:(\d+)/.exec(chunk.toString()) ?? [];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    });
  });
}

/** Collects the end of what the child says to stderr. */
function lastWords(child: ChildProcess): () => string {
  let words = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-500);
  });
  return () => words.trim();
}

function refuse(how: string, port: number): never {
  if (/address already in use/i.test(how)) {
    throw new Error(`port ${port} is taken by another program; stop it, or choose another port for the chain`);
  }
  throw new Error(how);
}
