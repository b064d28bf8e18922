/**
 * The demo village as tests start it: on free ports, with cheap keys.
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Home } from "#tools/village/home.ts";
import { startVillage } from "#tools/village/village.ts";
import type { Village } from "#tools/village/village.ts";

export interface TwoHomes {
  village: Village;
  consumer: Home;
  producer: Home;
}

export interface TwoHomesOptions {
  /** The test's; the village is in it. */
  folder: string;
  speed: number;
  seed: number;
  /** Gets what a process of the village died of. */
  crashes: Error[];
}

export async function startTwoHomes({ folder, speed, seed, crashes }: TwoHomesOptions): Promise<TwoHomes> {
  const village = await startVillage({
    path: join(folder, "village"),
    fresh: true,
    speed,
    httpPort: 0,
    chainPort: 0,
    seed,
    scryptN: 1024,
    onStep: () => undefined,
    onWarning: (warning) => console.error(warning),
    onCrash: (error) => crashes.push(error),
  });
  const [consumer, producer] = village.homes;
  assert.ok(consumer !== undefined && producer !== undefined);
  return { village, consumer, producer };
}
