/**
 * From a place in the bundle back to the line that it came from.
 * @module
 */
import { SourceMap } from "node:module";
import { relative, resolve } from "node:path";

/** `file:line` of the source, relative to the working directory; the place in the bundle where the map knows none. */
export function sourcePlace(map: string, dist: string, place: { line: number; column: number }): string {
  const entry = new SourceMap(JSON.parse(map)).findEntry(place.line - 1, place.column);
  if (!("originalSource" in entry)) return `board.js:${place.line}:${place.column}`;
  const file = relative(process.cwd(), resolve(dist, entry.originalSource));
  return `${file}:${entry.originalLine + 1}`;
}
