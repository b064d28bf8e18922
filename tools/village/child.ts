/**
 * A child process of the village: started with an IPC channel, ready when it says so, stopped for certain.
 * @module
 */
import { fork } from "node:child_process";
import type { ChildProcess, Serializable } from "node:child_process";

/** Time that a child has to end by itself before it is killed. */
const STOP_TIMEOUT_MS = 5000;
const OUTPUT_TAIL = 20;

export interface ChildOptions<Message> {
  /** For messages to people: "the consumer's gateway". */
  name: string;
  script: URL;
  arguments?: string[];
  environment?: Record<string, string>;
  onMessage?: (message: Message) => void;
  /** Called when the process ends without having been stopped. */
  onCrash?: (error: Error) => void;
}

export interface Child {
  readonly pid: number;
  send(message: Serializable): void;
  /** SIGTERM, and SIGKILL for one that does not end in time. Idempotent. */
  stop(): Promise<void>;
  /** SIGKILL at once, as a power cut would. */
  kill(): Promise<void>;
}

/**
 * Starts a script as a child process and waits until it sends a message for which `isReady` holds.
 * The child ends when its IPC channel closes, so that it does not outlive a parent that was killed.
 * @throws with the last lines of its output when it ends before it is ready.
 */
export async function startChild<Message extends { type: string }, Ready extends Message>(
  options: ChildOptions<Message>,
  isReady: (message: Message) => message is Ready,
  first?: Serializable,
): Promise<{ child: Child; ready: Ready }> {
  const started = fork(options.script, options.arguments ?? [], {
    execArgv: [],
    env: { ...process.env, ...options.environment },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const tail = keepTail(started);
  // Not events.once, which an error of the channel would reject.
  const ended = new Promise((resolve) => started.once("exit", resolve));
  let stopping = false;

  const ready = await new Promise<Ready>((resolve, reject) => {
    const failed = (why: string): void => reject(new Error(`${options.name} ${why}.${tail.length > 0 ? ` It said: ${tail.join(" / ")}` : ""}`));
    started.once("error", (cause) => reject(new Error(`${options.name} cannot be started`, { cause })));
    started.once("exit", (code, signal) => failed(`ended with ${signal ?? `code ${code}`} before it was ready`));
    // The child's messages are of the type that its script exports.
    started.on("message", (message: Message) => {
      if (isReady(message)) resolve(message);
      options.onMessage?.(message);
    });
    if (first !== undefined) started.send(first);
  });

  started.once("exit", (code, signal) => {
    if (!stopping) options.onCrash?.(new Error(`${options.name} ended with ${signal ?? `code ${code}`}. It said: ${tail.join(" / ")}`));
  });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    stopping = true;
    if (started.exitCode !== null || started.signalCode !== null) return;
    started.kill(signal);
    const timer = setTimeout(() => started.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  };
  const child: Child = {
    // A process that sent a message has a pid.
    pid: started.pid ?? 0,
    send: (message) => {
      // It may end at any time; what could not be sent to it is of no use to anyone.
      if (started.connected) started.send(message, () => undefined);
    },
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
  return { child, ready };
}

/** The last lines that a process printed. */
function keepTail(child: ChildProcess): string[] {
  const tail: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      tail.push(...text.split("\n").filter((line) => line.trim() !== ""));
      tail.splice(0, Math.max(0, tail.length - OUTPUT_TAIL));
    });
  }
  return tail;
}
