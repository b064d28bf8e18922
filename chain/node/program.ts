/**
 * Finds an engine's program.
 * @module
 */
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { NodeEngine } from "../engines/engine.ts";

/**
 * The program that the environment names (`GETH`, `BESU`, `NETHERMIND`), or the first on the PATH.
 * @returns null when there is none
 */
export async function findProgram({ program }: Pick<NodeEngine, "program">, environment: NodeJS.ProcessEnv = process.env): Promise<string | null> {
  const named = environment[program.toUpperCase()];
  const candidates = named !== undefined && named !== "" ? [named] : (environment["PATH"] ?? "").split(delimiter).filter(Boolean).map((folder) => join(folder, program));
  for (const candidate of candidates) {
    const found = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return candidate;
  }
  return null;
}
