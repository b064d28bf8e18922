/**
 * What the simulations measured, beside what was allowed, and the error budgets beside what drawn boards showed.
 * @module
 */
import { closedLoop } from "../spice/closed-loop.ts";
import { HALL_GAIN } from "../spice/drawn-boards.ts";
import type { Spread } from "../spice/closed-loop.ts";
import type { Bench, Measurement } from "../spice/bench.ts";
import { budgets, rss, sum } from "../spice/budget.ts";
import type { Budget } from "../spice/budget.ts";
import { EXPERIMENTS } from "../spice/experiments/all.ts";

/** Boards that are drawn for the report, and from which seed. */
export const REPORT_SEED = 1;
export const REPORT_BOARDS = 50;

const figure = (value: number): string => (Math.abs(value) < 5e-7 ? "0" : String(Number(value.toPrecision(3))));
const limit = (value: number): string => (Math.abs(value) === Infinity ? "" : String(Number(value.toPrecision(4))));

function measurementTable(name: string, measurements: readonly Measurement[]): string {
  const rows = measurements.map(
    ({ what, value, unit, min, max }) => `| ${what} | ${figure(value)} ${unit} | ${limit(min)} to ${limit(max)} |`,
  );
  return `### ${name[0]?.toUpperCase()}${name.slice(1)}\n\n| what | simulated | allowed |\n|---|---|---|\n${rows.join("\n")}\n`;
}

function budgetTable({ channel, unit, at, terms }: Budget, spreads: readonly Spread[]): string {
  const row = (cause: string, before: number, after: number): string => `| ${cause} | ${figure(before)} | ${figure(after)} |`;
  const drawn = (calibrated: boolean) => spreads.find((spread) => spread.channel === channel && spread.calibrated === calibrated);
  const [raw, calibrated] = [drawn(false), drawn(true)];
  return `### ${channel} at ${at} ${unit}

| cause | uncalibrated, ± ${unit} | calibrated, ± ${unit} |
|---|---|---|
${terms.map(({ cause, before, after }) => row(cause, before, after)).join("\n")}
${row("**root of squares**", rss(terms, false), rss(terms, true))}
${row("**all the same way**", sum(terms, false), sum(terms, true))}
${row(`drawn boards, 95 % of readings within`, raw?.percentile95 ?? NaN, calibrated?.percentile95 ?? NaN)}
${row(`drawn boards, worst reading`, raw?.worst ?? NaN, calibrated?.worst ?? NaN)}
`;
}

/** A board's report as Markdown. */
export async function simulationReport(bench: Bench): Promise<string> {
  const tables: string[] = [];
  for (const [name, experiment] of Object.entries(EXPERIMENTS)) {
    const measurements = await experiment(bench);
    if (measurements.length > 0) tables.push(measurementTable(name, measurements));
  }
  const spreads = await closedLoop(bench, REPORT_SEED, REPORT_BOARDS);
  const hall = bench.spec.halls.length > 0 ? `, Hall sensors ±${HALL_GAIN * 100} %` : "";
  return `# Simulation: ${bench.spec.title}

Simulated from the drawn netlist; nothing here was measured on real parts.

## What was simulated

${tables.join("\n")}
## Error budgets

The closed loop: simulated voltages → a model of the converter or chip → the firmware's own conversion. ${REPORT_BOARDS} boards were
drawn from seed ${REPORT_SEED}, each with its own resistors within 1 %${hall}, its own rail and its own
converter; calibrated at 0 and 5 A and at 12 and 24 V, then read over the whole range with the rail moved by 1 %.

${budgets(bench.spec)
  .map((budget) => budgetTable(budget, spreads))
  .join("\n")}`;
}
