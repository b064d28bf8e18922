/**
 * `daisee board monitor`: a board's console, its stack traces in terms of our sources.
 * @module
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { defineCommand } from "citty";
import { COMMON_ARGUMENTS } from "../arguments.ts";
import { monitor } from "../board/monitor.ts";
import { choosePort, listPorts } from "../board/ports.ts";
import { untilStopped } from "../signals.ts";
import { createTraceDecoder } from "../board/stack-trace.ts";

const MAP = fileURLToPath(new URL("../../firmware/dist/board.js.map", import.meta.url));

export const boardMonitor = defineCommand({
  meta: {
    name: "board monitor",
    description: "Show what a board says on its console, with readable stack traces. Example: daisee board monitor --port /dev/ttyUSB0",
  },
  args: {
    port: { type: "string", description: "Serial port; found by itself when there is one board", valueHint: "path" },
    map: { type: "string", description: "Source map of the firmware on the board", valueHint: "file", default: MAP },
    json: { type: "boolean", description: "Print each line as JSON, with the time", default: false },
    ...COMMON_ARGUMENTS,
  },
  async run({ args }) {
    const port = args.port ?? choosePort(await listPorts());
    const map = await readFile(args.map, "utf8").catch((cause: unknown) => {
      throw new Error(`there is no source map at ${args.map}: run "npm run build", or name it with --map`, { cause });
    });
    const decode = createTraceDecoder(map);
    const ending = new AbortController();
    void untilStopped().then(() => ending.abort());
    if (!args.json) console.error(`Listening to ${port}. Ctrl-C ends.`);
    await monitor({
      port,
      signal: ending.signal,
      onLine: (line) => console.log(args.json ? JSON.stringify({ utcMs: Date.now(), line: decode(line) }) : decode(line)),
      onNote: (text) => console.error(text),
    });
  },
});
