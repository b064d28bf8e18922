/**
 * Everything that is generated: the contracts' ABIs, the firmware's bundle, the dashboard. Each part skips what has not changed where it can.
 * @module
 */
import { compileContracts } from "#contracts/build/compile.ts";
import { BUDGET_BYTES, buildFirmware } from "#firmware/build/bundle.ts";
import { buildPrograms } from "#gateway/build/programs.ts";
import { buildWeb } from "#gateway/web/build.ts";
import { messageOf } from "./errors.ts";

/** What is started often, or on a small computer: name → entry. */
const PROGRAMS = {
  daisee: "tools/daisee.ts",
  "store-thread": "gateway/store/sqlite/thread.ts",
  "virtual-board": "tools/virtual-board/main.ts",
  "ingest-bench-server": "tools/bench/ingest/server.ts",
};

/** Each gives a word on what it made. */
const steps: [string, () => Promise<string>][] = [
  ["contracts", async () => (compileContracts().compiled ? "compiled" : "unchanged")],
  ["firmware", async () => `${(await buildFirmware()).bytes} of ${BUDGET_BYTES} bytes`],
  ["dashboard", async () => `${(await buildWeb()).scriptBytes} bytes of script`],
  ["programs", async () => ((await buildPrograms(PROGRAMS)) ? "built" : "unchanged")],
];

for (const [name, run] of steps) {
  const start = performance.now();
  try {
    const made = await run();
    console.log(`build: ${name}: ${made} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  } catch (error) {
    console.error(`build: ${name}: ${messageOf(error)}`);
    process.exit(1);
  }
}
