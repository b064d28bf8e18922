/**
 * The one harness of all benchmarks: runs them, prints each figure beside a reference that was measured in the same run, and keeps
 * the results as JSON. A benchmark informs; no test asserts its figures.
 * @module
 */

/** One figure of a benchmark. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** The same work done in the barest way, or by somebody else's program, measured in the same run. */
  reference?: { name: string; value: number };
  /** What we want it to be. `ratio`: value divided by reference. */
  aim?: { of: "value" | "ratio"; atMost?: number; atLeast?: number };
}

export interface Bench {
  name: string;
  /** One line: what is measured. */
  summary: string;
  run(): Promise<Figure[]>;
}

/** Median of at least one number. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("median of no values");
  return sorted.length % 2 === 1 ? middle : (middle + (sorted[sorted.length / 2 - 1] ?? middle)) / 2;
}

/** Value divided by reference, or null without one, or when it is nothing. */
export function ratioOf(figure: Figure): number | null {
  return figure.reference === undefined || figure.reference.value === 0 ? null : figure.value / figure.reference.value;
}

/** Whether the figure meets its aim; null without one. */
export function meetsAim(figure: Figure): boolean | null {
  if (figure.aim === undefined) return null;
  const measured = figure.aim.of === "ratio" ? ratioOf(figure) : figure.value;
  return measured !== null && measured <= (figure.aim.atMost ?? Infinity) && measured >= (figure.aim.atLeast ?? -Infinity);
}

const number = (value: number): string => value.toLocaleString("en", { maximumSignificantDigits: 4 });

/** One figure as a line of text. */
export function describeFigure(figure: Figure): string {
  const parts = [`${figure.name}: ${number(figure.value)} ${figure.unit}`];
  const ratio = ratioOf(figure);
  if (figure.reference !== undefined) parts.push(`${figure.reference.name}: ${number(figure.reference.value)} ${figure.unit}`);
  if (ratio !== null) parts.push(`ratio ${number(ratio)}`);
  if (figure.aim !== undefined) {
    const bound = figure.aim.atMost === undefined ? `at least ${number(figure.aim.atLeast ?? 0)}` : `at most ${number(figure.aim.atMost)}`;
    parts.push(`aim: ${figure.aim.of === "ratio" ? "ratio " : ""}${bound} ${meetsAim(figure) === true ? "(met)" : "(not met)"}`);
  }
  return parts.join(" | ");
}
