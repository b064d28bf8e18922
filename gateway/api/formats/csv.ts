/**
 * Readings and series as CSV (RFC 4180), one row per item, the fields' names as the header.
 * @module
 */
import { stringify } from "csv-stringify/sync";

/** Lists in a field have a space between their items; null is empty. */
function cell(value: unknown): unknown {
  return Array.isArray(value) ? value.join(" ") : value;
}

/** @param items objects with the same fields. @param columns their names, so that an empty table has its header too. */
export function toCsv(items: readonly object[], columns: readonly string[]): string {
  const rows = items.map((item) => Object.fromEntries(Object.entries(item).map(([name, value]) => [name, cell(value)])));
  return stringify(rows, { header: true, columns: [...columns], record_delimiter: "windows", cast: { boolean: String } });
}
