/**
 * Finds and ends the child that a killed supervisor left behind, by a note of its process id beside what it works on.
 * @module
 */
import { rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { commandOf, hasEnded } from "./command.ts";
import { readIfThere, replaceFile } from "./files.ts";

const noteSchema = z.object({ pid: z.int().positive(), supervisor: z.int().positive() });

/** Name of the anvil that serves a state file; tells it from a stranger that got its process id. */
export function processName(statePath: string): string {
  return `anvil:${statePath}`;
}

/** Notes that this process runs a child on a file or folder. */
export async function noteChild(path: string, pid: number): Promise<void> {
  await replaceFile(notePath(path), JSON.stringify({ pid, supervisor: process.pid }));
}

/** Removes the note. */
export async function forgetChild(path: string): Promise<void> {
  await rm(notePath(path), { force: true });
}

/**
 * Ends the child whose supervisor is gone, if there is one.
 * @param mark what is in its command line and in no stranger's
 * @throws Error when its supervisor still runs: two must not work on one chain
 */
export async function endOrphan(path: string, mark: string): Promise<void> {
  const note = noteSchema.safeParse(parse(await readIfThere(notePath(path))));
  if (!note.success) return;
  const { pid, supervisor } = note.data;
  if (!(await commandOf(pid)).includes(mark)) return;
  if (isAlive(supervisor)) throw new Error(`process ${supervisor} runs the chain of ${path} already; stop it first`);
  process.kill(pid, "SIGKILL");
  while (!(await hasEnded(pid))) await delay(20);
}

function notePath(path: string): string {
  return `${path}.pid`;
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
