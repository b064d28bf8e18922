/**
 * Errors as the command prints them: one line that ends with what to do next.
 * @module
 */

/** The command line itself is wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A check that was asked for came out negative: exit code 3. */
export class VerificationError extends Error {
  override readonly name = "VerificationError";
}

/** By name, since citty does not export its own error for missing arguments. */
const EXIT_CODES: Record<string, number> = { VerificationError: 3, UsageError: 2, CLIError: 2 };

/** 0 is success, 1 a failure, 2 wrong usage, 3 a negative answer. */
export function exitCodeOf(error: unknown): number {
  return (error instanceof Error ? EXIT_CODES[error.name] : undefined) ?? 1;
}

/** The message, and the causes behind it, on one line. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message || error.name;
  const cause = error.cause === undefined ? "" : ` (${messageOf(error.cause)})`;
  return `${message}${cause}`.replaceAll(/\s*\n\s*/g, " ");
}
