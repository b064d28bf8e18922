/**
 * A person at the terminal of the tests' own process: answers the command's questions as they come.
 * @module
 */
import { PassThrough } from "node:stream";
import { captured } from "./in-process.ts";
import type { Said } from "./in-process.ts";

/** What is asked, what is done before answering, and the keys that are pressed then. */
export interface Answer {
  asked: RegExp;
  first?: () => void;
  keys: string;
}

/** A stream that a program takes for a terminal. */
class Terminal extends PassThrough {
  readonly isTTY = true;
  readonly columns = 100;
  readonly rows = 40;
  setRawMode(): this {
    return this;
  }
}

/** Runs a command line with somebody who answers the questions in this order, each once. */
export async function answering(answers: readonly Answer[], ...words: string[]): Promise<Said> {
  const terminal = { stdin: new Terminal(), stdout: new Terminal() };
  const before = { stdin: process.stdin, stdout: process.stdout };
  const left = [...answers];
  let shown = "";
  terminal.stdout.on("data", (data: Buffer) => {
    shown += data.toString();
    const [next] = left;
    if (next === undefined || !next.asked.test(shown)) return;
    left.shift();
    next.first?.();
    shown = "";
    // A question listens to keys once it is shown.
    setTimeout(() => terminal.stdin.write(next.keys), 20);
  });
  Object.defineProperty(process, "stdin", { value: terminal.stdin, configurable: true });
  Object.defineProperty(process, "stdout", { value: terminal.stdout, configurable: true });
  try {
    return await captured(words);
  } finally {
    Object.defineProperty(process, "stdin", { value: before.stdin, configurable: true });
    Object.defineProperty(process, "stdout", { value: before.stdout, configurable: true });
  }
}
