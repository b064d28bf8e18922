/**
 * A policy's limits in a JSON file, checked as the board checks them.
 * @module
 */
import { readFile } from "node:fs/promises";
import { checkPolicy } from "#firmware/core/settings.ts";
import type { PolicySettings } from "#firmware/wire/commands.ts";

/** In the order of the wire; what a new board is set to. */
export const DEFAULT_POLICY: PolicySettings = {
  lowPermille: 250,
  highPermille: 400,
  reservePermille: 150,
  giveAbovePermille: 600,
  minOnMs: 60_000,
  minOffMs: 60_000,
  deadTimeMs: 200,
  tripMa: 10_000,
  lockoutMs: 30_000,
  busLiveMv: 11_000,
  staleMs: 2000,
};

const CONTROL_MS = 100;
/** What the board's Hall sensors see. */
const MAX_TRIP_MA = 18_000;

/**
 * Limits over the defaults: a file may name only those that it changes.
 * @throws with the name of the first wrong or unknown one.
 */
export function parsePolicy(text: string, origin: string): PolicySettings {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${origin} is not JSON`, { cause });
  }
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw new Error(`${origin} must hold an object such as {"lowPermille": 250}`);
  const unknownName = Object.keys(given).find((name) => !(name in DEFAULT_POLICY));
  if (unknownName !== undefined) throw new Error(`${origin}: there is no limit "${unknownName}". Limits: ${Object.keys(DEFAULT_POLICY).join(", ")}`);
  const policy: Record<string, unknown> = { ...DEFAULT_POLICY, ...given };
  const values = Object.keys(DEFAULT_POLICY).map((name) => {
    const value = policy[name];
    if (typeof value !== "number") throw new Error(`${origin}: ${name} must be a number`);
    return value;
  });
  try {
    return checkPolicy(values, CONTROL_MS, MAX_TRIP_MA);
  } catch (error) {
    throw new Error(`${origin}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Reads a policy file. @throws as {@link parsePolicy}, and when there is no such file. */
export async function readPolicy(path: string): Promise<PolicySettings> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new Error(`there is no ${path}; write one such as {"lowPermille": 250, "highPermille": 400}`, { cause });
  });
  return parsePolicy(text, path);
}
