/**
 * All experiments by name.
 * @module
 */
import type { Finding } from "../../checks/rules.ts";
import { findingsOf } from "../bench.ts";
import type { Bench, Experiment } from "../bench.ts";
import { reversed, surge } from "./abuse.ts";
import { filters, scale, stuckSensor } from "./channels.ts";
import { shortCircuit, supply, wire } from "./power.ts";
import { boot, flyback, saturation } from "./relays.ts";

export const EXPERIMENTS = {
  scale,
  filters,
  "stuck sensor": stuckSensor,
  surge,
  reversed,
  saturation,
  boot,
  flyback,
  supply,
  "short circuit": shortCircuit,
  wire,
} as const satisfies Record<string, Experiment>;

export type ExperimentName = keyof typeof EXPERIMENTS;

/** Everything that the experiments object to. */
export async function checkBySpice(bench: Bench, names = Object.keys(EXPERIMENTS)): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [name, experiment] of Object.entries(EXPERIMENTS))
    if (names.includes(name)) findings.push(...(await findingsOf(name, experiment, bench)));
  return findings;
}
