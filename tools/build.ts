/**
 * Everything that is generated: the contracts' ABIs, the firmware's bundle, the dashboard. Each part skips what has not changed where it can.
 * @module
 */
import { compileContracts } from "#contracts/build/compile.ts";
import { buildFirmware } from "#firmware/build/bundle.ts";
import { buildWeb } from "#gateway/web/build.ts";
import { messageOf } from "./errors.ts";

const steps: [string, () => Promise<unknown>][] = [
  ["contracts", async () => compileContracts()],
  ["firmware", () => buildFirmware()],
  ["dashboard", () => buildWeb()],
];

for (const [name, run] of steps) {
  const start = performance.now();
  try {
    await run();
  } catch (error) {
    console.error(`build: ${name}: ${messageOf(error)}`);
    process.exit(1);
  }
  console.log(`build: ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}
