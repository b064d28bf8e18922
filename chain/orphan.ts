/**
 * Finds and ends the anvil that a killed supervisor left behind, by a note of its process id beside the state file.
 * @module
 */
import { rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { commandOf } from "./command.ts";
import { readIfThere, replaceFile } from "./files.ts";

const noteSchema = z.object({ pid: z.int().positive(), supervisor: z.int().positive() });

/** Name of the child process that serves a state file; tells it from a stranger that got its process id. */
export function processName(statePath: string): string {
  return `anvil:${statePath}`;
}

/** Notes that this process runs a child on a state file. */
export async function noteChild(statePath: string, pid: number): Promise<void> {
  await replaceFile(notePath(statePath), JSON.stringify({ pid, supervisor: process.pid }));
}

/** Removes the note. */
export async function forgetChild(statePath: string): Promise<void> {
  await rm(notePath(statePath), { force: true });
}

/**
 * Ends the child whose supervisor is gone, if there is one.
 * @throws Error when its supervisor still runs: two must not work on one state file
 */
export async function endOrphan(statePath: string): Promise<void> {
  const note = noteSchema.safeParse(parse(await readIfThere(notePath(statePath))));
  if (!note.success) return;
  const { pid, supervisor } = note.data;
  const isOurs = async (): Promise<boolean> => (await commandOf(pid)).includes(processName(statePath));
  if (!(await isOurs())) return;
  if (isAlive(supervisor)) throw new Error(`process ${supervisor} runs the chain of ${statePath} already; stop it first`);
  process.kill(pid, "SIGKILL");
  while (await isOurs()) await delay(20);
}

function notePath(statePath: string): string {
  return `${statePath}.pid`;
}

function parse(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
