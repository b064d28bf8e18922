/**
 * The `daisee` command inside the tests' own process: what it prints and the exit code, without seconds of starting Node each time.
 * @module
 */
import { format } from "node:util";
import sinon from "sinon";
import { runDaisee } from "#tools/command-line.ts";

export interface Said {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command line with nobody at the terminal. One at a time, since it prints by the one console. */
export async function daisee(...words: string[]): Promise<Said> {
  const { stdin } = process;
  const { isTTY } = stdin;
  stdin.isTTY = false;
  try {
    return await captured(words);
  } finally {
    stdin.isTTY = isTTY;
  }
}

/**
 * Runs a command line and notes down what it prints.
 * @param onOutput told of all that is on standard output so far, whenever there is more.
 */
export async function captured(words: string[], onOutput: (stdout: string) => void = () => {}): Promise<Said> {
  const sandbox = sinon.createSandbox();
  const said = { stdout: "", stderr: "" };
  sandbox.stub(console, "log").callsFake((...values: unknown[]) => {
    said.stdout += `${format(...values)}\n`;
    onOutput(said.stdout);
  });
  sandbox.stub(console, "error").callsFake((...values: unknown[]) => void (said.stderr += `${format(...values)}\n`));
  try {
    return { code: await runDaisee(words), ...said };
  } finally {
    sandbox.restore();
  }
}
