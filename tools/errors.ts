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

/** 0 is success, 1 a failure, 2 wrong usage, 3 a negative answer. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof VerificationError) return 3;
  // citty reports missing arguments by an error of its own that it does not export.
  if (error instanceof UsageError || (error instanceof Error && error.name === "CLIError")) return 2;
  return 1;
}

/** The message, and the causes behind it, on one line. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message || error.name;
  const cause = error.cause === undefined ? "" : ` (${messageOf(error.cause)})`;
  return `${message}${cause}`.replaceAll(/\s*\n\s*/g, " ");
}
