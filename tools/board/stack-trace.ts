/**
 * Turns the places in a board's stack traces, all of them in one minified line, back into the places in our sources.
 * @module
 */
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";

/** As Espruino 2v29 prints a frame: `    at name (.bootcde:1:40)`, or without a name and brackets. */
const FRAME = /^(\s*at )(?:(\S+) \()?\.bootcde:(\d+):(\d+)\)?\s*$/;

/** @param map the bundle's source map, as JSON text. @returns a function that takes a console line and gives it back, decoded where it is a frame. */
export function createTraceDecoder(map: string): (line: string) => string {
  const trace = new TraceMap(map);
  return (line) => {
    const frame = FRAME.exec(line);
    if (frame === null) return line;
    const [, head = "", minified, row, column] = frame;
    // Espruino points behind the call, counting from 1; a source map counts columns from 0.
    const { source, line: sourceLine, column: sourceColumn, name } = originalPositionFor(trace, { line: Number(row), column: Math.max(0, Number(column) - 1) });
    if (source === null) return line;
    const place = `${source}:${sourceLine}:${sourceColumn + 1}`;
    const called = name ?? minified;
    return called === undefined ? `${head}${place}` : `${head}${called} (${place})`;
  };
}
