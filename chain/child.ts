/**
 * A chain's program as a child process: in a group of its own, watched, and ended for certain.
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** Lines kept to tell why it ended. */
const LAST_LINES = 3;

export interface ChildOptions {
  /** For messages to people. */
  title: string;
  program: string;
  arguments: string[];
  /** Name under which process listings show it; by default the program's. */
  name?: string;
  /** Folder it works in. */
  folder?: string;
  /** Of this process's environment it gets all but this. */
  withoutVariable?: string;
  /** Told of each line that it prints. */
  onLine?: (line: string) => void;
  /** How long it may take to end before it is killed, real ms. */
  stopTimeoutMs: number;
}

export interface Child {
  pid: number;
  /** Resolves when it has exited, with how and with its last words. */
  exited: Promise<string>;
  /** Ends it, gently at first. */
  end(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

/**
 * Starts a program. It ends with this process, unless that is killed: see `orphan.ts`.
 * @throws Error when there is no such program, or it cannot be run
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const environment = { ...process.env };
  if (options.withoutVariable !== undefined) delete environment[options.withoutVariable];
  const child = spawn(options.program, options.arguments, {
    ...(options.name !== undefined && { argv0: options.name }),
    ...(options.folder !== undefined && { cwd: options.folder }),
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
    // Not in the terminal's process group: Ctrl-C is for us, who end it in good order.
    detached: true,
  });
  const killNow = (): void => void child.kill("SIGKILL");
  process.once("exit", killNow);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => options.onLine?.(line));
  createInterface({ input: child.stderr }).on("line", (line) => {
    lines.push(line);
    if (lines.length > LAST_LINES) lines.shift();
    options.onLine?.(line);
  });
  const exited = new Promise<string>((resolve) => {
    child.once("close", (code, signal) => {
      process.off("exit", killNow);
      resolve(`${options.title} exited with ${signal ?? `code ${code}`}: ${lines.join(" / ").trim()}`);
    });
  });
  try {
    await once(child, "spawn");
  } catch (cause) {
    process.off("exit", killNow);
    throw new Error(`${options.program} cannot be run`, { cause });
  }
  return {
    // A process that was spawned has one.
    pid: child.pid ?? 0,
    exited,
    async end() {
      child.kill("SIGTERM");
      const timer = setTimeout(killNow, options.stopTimeoutMs);
      await exited;
      clearTimeout(timer);
    },
    async kill() {
      killNow();
      await exited;
    },
  };
}
