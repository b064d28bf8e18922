/**
 * A keystore's password: from a file that only its owner can read, or asked for. Never from an argument, which every user can list.
 * @module
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isCancel, password as askPassword } from "@clack/prompts";
import { readPassword } from "#chain/keystore.ts";
import { UsageError } from "../errors.ts";

const MIN_LENGTH = 8;

/** The option of every command that opens or makes a validator's key. */
export const PASSWORD_ARGUMENT = {
  passwordFile: { type: "string", description: "File with the keystore's password, mode 0600 (default: it is asked for)", valueHint: "file" },
} as const;

/** The password of new keys. Throws a {@link UsageError} when there is nobody to ask and no file. */
export async function newPassword(file: string | undefined, of = "the validators' keys"): Promise<string> {
  if (file !== undefined) return readPassword(file);
  const chosen = await ask(`A password for ${of}`, (text = "") => (text.length < MIN_LENGTH ? `at least ${MIN_LENGTH} characters` : undefined));
  await ask("The same again", (text = "") => (text === chosen ? undefined : "that is another one"));
  return chosen;
}

/**
 * Runs with a password file: the one that is named, or one that holds what was asked for and is removed afterwards.
 * Throws a {@link UsageError} when there is nobody to ask and no file.
 */
export async function withPasswordFile<Result>(file: string | undefined, run: (path: string) => Promise<Result>): Promise<Result> {
  if (file !== undefined) return run(file);
  const text = await ask("The password of this node's key", (given = "") => (given === "" ? "it has one" : undefined));
  const folder = await mkdtemp(join(tmpdir(), "daisee-password-"));
  try {
    const path = join(folder, "password");
    await writeFile(path, `${text}\n`, { mode: 0o600 });
    return await run(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function ask(message: string, validate: (text: string | undefined) => string | undefined): Promise<string> {
  if (!process.stdin.isTTY) throw new UsageError("there is nobody to ask for the password: name a file that holds it with --password-file (mode 0600).");
  const answer = await askPassword({ message, validate });
  if (isCancel(answer)) throw new UsageError("no password was given; nothing was done.");
  return answer;
}
