/**
 * From a place in the bundle back to the line that it came from.
 * @module
 */
import { SourceMap } from "node:module";
import { relative, resolve } from "node:path";

/** Bytes of a one-line script by source file, heaviest first; what no source stands for is under "". */
export function bytesBySource(code: string, map: string, dist: string): [string, number][] {
  const sources = new SourceMap(JSON.parse(map));
  const bytes = new Map<string, number>();
  for (let column = 0; column < code.length; column++) {
    const entry = sources.findEntry(0, column);
    const source = "originalSource" in entry ? entry.originalSource : "";
    bytes.set(source, (bytes.get(source) ?? 0) + 1);
  }
  return [...bytes]
    .map(([source, count]): [string, number] => [source && relative(process.cwd(), resolve(dist, source)), count])
    .toSorted(([, a], [, b]) => b - a);
}

/** `file:line` of the source, relative to the working directory; the place in the bundle where the map knows none. */
export function sourcePlace(map: string, dist: string, place: { line: number; column: number }): string {
  const entry = new SourceMap(JSON.parse(map)).findEntry(place.line - 1, place.column);
  if (!("originalSource" in entry)) return `board.js:${place.line}:${place.column}`;
  const file = relative(process.cwd(), resolve(dist, entry.originalSource));
  return `${file}:${entry.originalLine + 1}`;
}
