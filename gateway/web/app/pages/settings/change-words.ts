/**
 * What became different between two states of a thing in the log of changes. Pure.
 * @module
 */

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

const words = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? "–"));

/** "role: guest → member, name: …"; only what differs. Where there was nothing, what is there now. */
export function changeWords(before: unknown, after: unknown): string {
  if (!isRecord(before) || !isRecord(after)) {
    const only = after ?? before;
    if (only === null || only === undefined) return "";
    return isRecord(only)
      ? Object.entries(only)
          .map(([name, value]) => `${name}: ${words(value)}`)
          .join(", ")
      : words(only);
  }
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => `${name}: ${words(before[name])} → ${words(after[name])}`)
    .join(", ");
}
