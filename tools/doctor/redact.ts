/**
 * Takes out of findings what is nobody else's business: addresses in the home's network, names of people and folders, long secrets.
 * @module
 */
import { homedir } from "node:os";
import type { Finding } from "./finding.ts";

/** Each with what stands in its place. Order matters: the longest patterns first. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // Keys, secrets and tokens; hashes and addresses on the chain are public but not needed either.
  [/\b(?:0x)?[0-9a-fA-F]{40,}\b/g, "<hex>"],
  [/\b[A-Za-z0-9_-]{32,}\b/g, "<secret>"],
  [/:\/\/[^\s/@]+@/g, "://<user>@"],
  [/\b(?:\d{1,3}\.){3}\d{1,3}\b/g, "<ip>"],
  [/\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/gi, "<mac>"],
  [/\/home\/[^/\s"]+/g, "/home/<user>"],
];

/** Loopback says nothing about a home. */
const LOOPBACK = "127.0.0.1";

export function redactText(text: string, home = homedir()): string {
  const withoutHome = home.length > 1 ? text.replaceAll(home, "<home>") : text;
  return PATTERNS.reduce((left, [pattern, put]) => left.replaceAll(pattern, (found) => (found === LOOPBACK ? found : put)), withoutHome);
}

export function redact(findings: readonly Finding[], home = homedir()): Finding[] {
  return findings.map(({ fix, text, ...rest }) => ({ ...rest, text: redactText(text, home), fix: fix === null ? null : redactText(fix, home) }));
}
