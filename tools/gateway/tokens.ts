/**
 * The tokens with which the command speaks to gateways: one file that only its owner can read.
 * @module
 */
import { chmod, mkdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { readIfThere, replaceFile } from "#chain/files.ts";

/** By gateway's origin. */
const fileSchema = z.record(z.string(), z.string().min(1));

/** Where the tokens are when nothing else is said. */
export function tokensPath(env: NodeJS.ProcessEnv = process.env): string {
  return join(env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config"), "daisee", "tokens.json");
}

async function read(path: string): Promise<Record<string, string>> {
  const text = await readIfThere(path);
  if (text === null) return {};
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) throw new Error(`${path} can be read by others: run "chmod 600 ${path}"`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = null;
  }
  const tokens = fileSchema.safeParse(json);
  if (!tokens.success) throw new Error(`${path} is damaged: delete it and run "daisee login"`);
  return tokens.data;
}

/** The token for a gateway, or null. @throws when the file is damaged, or open to others. */
export async function readToken(origin: string, path: string): Promise<string | null> {
  return (await read(path))[origin] ?? null;
}

/** Keeps a token, or forgets it (null). */
export async function writeToken(origin: string, token: string | null, path: string): Promise<void> {
  const { [origin]: _before, ...others } = await read(path);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await replaceFile(path, `${JSON.stringify(token === null ? others : { ...others, [origin]: token }, null, 2)}\n`);
  await chmod(path, 0o600);
}
