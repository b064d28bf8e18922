/**
 * `npm run bench [-- NAME …]`: runs all benchmarks, or those named.
 * @module
 */
import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { api } from "./api.ts";
import { chain } from "./chain.ts";
import { dashboard } from "./dashboard.ts";
import { describeFigure } from "./harness.ts";
import type { Bench } from "./harness.ts";
import { firmware } from "./firmware.ts";
import { fuzz } from "./fuzz.ts";
import { gas } from "./gas.ts";
import { ingest } from "./ingest.ts";
import { market } from "./market.ts";
import { measuring } from "./measuring.ts";
import { path } from "./path.ts";
import { sse } from "./sse.ts";
import { store } from "./store.ts";
import { wire } from "./wire.ts";

const BENCHES: Bench[] = [wire, firmware, measuring, path, chain, gas, market, store, api, fuzz, sse, ingest, dashboard];
const RESULTS = new URL("../../bench-results/", import.meta.url);

const names = process.argv.slice(2);
const unknown = names.find((name) => !BENCHES.some((bench) => bench.name === name));
if (unknown !== undefined || names.includes("--help")) {
  console.log(`usage: npm run bench [-- NAME …]\n${BENCHES.map((bench) => `  ${bench.name.padEnd(8)} ${bench.summary}`).join("\n")}`);
  process.exit(names.includes("--help") ? 0 : 2);
}

for (const bench of BENCHES.filter(({ name }) => names.length === 0 || names.includes(name))) {
  console.log(`${bench.name}: ${bench.summary}`);
  const figures = await bench.run();
  for (const figure of figures) console.log(`  ${describeFigure(figure)}`);
  await mkdir(RESULTS, { recursive: true });
  const result = { bench: bench.name, at: new Date().toISOString(), node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, figures };
  await writeFile(new URL(`${bench.name}.json`, RESULTS), `${JSON.stringify(result, null, 2)}\n`);
}
