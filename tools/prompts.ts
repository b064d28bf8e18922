/**
 * Questions to the person at the terminal.
 * @module
 */
import { cancel, confirm, isCancel, password, text } from "@clack/prompts";
import { readFile, stat } from "node:fs/promises";
import { UsageError } from "./errors.ts";

/** Thrown when the person does not want to go on: no error, and nothing was changed. */
export class CancelledError extends Error {
  override readonly name = "CancelledError";
}

function refuseCancel(): never {
  cancel("Nothing was changed.");
  throw new CancelledError("cancelled; nothing was changed");
}

/** The streams as they are now, rather than when the library was loaded. */
const streams = () => ({ input: process.stdin, output: process.stdout });

/** @param option what to give instead where nobody is at the terminal. */
function needTerminal(option: string): void {
  if (!process.stdin.isTTY) throw new UsageError(`there is nobody to ask: give ${option}`);
}

export async function askText(message: string, option: string, initialValue = ""): Promise<string> {
  needTerminal(option);
  const answer = await text({ ...streams(), message, initialValue, validate: (value) => (value?.trim() ? undefined : "Something is needed here.") });
  return isCancel(answer) ? refuseCancel() : answer.trim();
}

/** Not shown while it is typed. */
export async function askPassword(message: string, option: string): Promise<string> {
  needTerminal(option);
  const answer = await password({ ...streams(), message, validate: (value) => (value ? undefined : "Something is needed here.") });
  return isCancel(answer) ? refuseCancel() : answer;
}

export async function askConfirm(message: string, option: string): Promise<boolean> {
  needTerminal(option);
  const answer = await confirm({ ...streams(), message, initialValue: false });
  return isCancel(answer) ? refuseCancel() : answer;
}

/** A secret from a file that only its owner can read; its last line break is not part of it. */
export async function readSecretFile(path: string): Promise<string> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new Error(`there is no ${path}`, { cause });
  });
  if ((found.mode & 0o077) !== 0) throw new Error(`${path} can be read by others: run "chmod 600 ${path}"`);
  return (await readFile(path, "utf8")).replace(/\r?\n$/, "");
}
