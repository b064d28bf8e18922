/**
 * What a check found, and what to do about it.
 * @module
 */

export interface Finding {
  /** What was looked at, such as "disk". */
  check: string;
  level: "ok" | "warning" | "problem" | "skipped";
  /** What is, in one line. */
  text: string;
  /** What to do; null where there is nothing to do. */
  fix: string | null;
}

export const ok = (check: string, text: string): Finding => ({ check, level: "ok", text, fix: null });
export const warning = (check: string, text: string, fix: string): Finding => ({ check, level: "warning", text, fix });
export const problem = (check: string, text: string, fix: string): Finding => ({ check, level: "problem", text, fix });
export const skipped = (check: string, text: string, fix: string): Finding => ({ check, level: "skipped", text, fix });
