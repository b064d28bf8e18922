/**
 * How long a battery lasts, or takes, at the pace of the last hour. Pure.
 * @module
 */
import type { PolicySettings } from "#firmware/wire/commands.ts";

export interface ChargePoint {
  utcMs: number;
  permille: number;
}

export type Goal = "full" | "empty" | "low" | "high" | "reserve" | "give";

/** At this pace the charge is at `permille` after `ms`. */
export interface Pace {
  goal: Goal;
  permille: number;
  ms: number;
}

/** Fewer points, or a shorter time, say nothing. */
const MIN_POINTS = 3;
const MIN_SPAN_MS = 120_000;
/** Slower than this is standing still: a week from empty to full. */
const MIN_PERMILLE_PER_HOUR = 6;

/** Slope of the straight line through the points (least squares), per mille per ms; null when they say nothing. */
function slopeOf(points: readonly ChargePoint[]): number | null {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < MIN_POINTS || last.utcMs - first.utcMs < MIN_SPAN_MS) return null;
  const meanMs = points.reduce((sum, { utcMs }) => sum + (utcMs - first.utcMs), 0) / points.length;
  const mean = points.reduce((sum, { permille }) => sum + permille, 0) / points.length;
  const over = points.reduce((sum, { utcMs, permille }) => sum + (utcMs - first.utcMs - meanMs) * (permille - mean), 0);
  const under = points.reduce((sum, { utcMs }) => sum + (utcMs - first.utcMs - meanMs) ** 2, 0);
  return over / under;
}

/** The points since the charge last turned: what came before that was another pace. */
function sinceTurn(points: readonly ChargePoint[]): readonly ChargePoint[] {
  let direction = 0;
  let start = points.length - 1;
  for (; start > 0; start--) {
    const change = Math.sign((points[start]?.permille ?? 0) - (points[start - 1]?.permille ?? 0));
    if (change !== 0 && direction !== 0 && change !== direction) break;
    if (change !== 0) direction = change;
  }
  return points.slice(Math.max(0, start));
}

/** What comes next upwards and downwards, by the board's role. */
function goals(role: "consumer" | "producer", policy: PolicySettings | null): { goal: Goal; permille: number }[] {
  const ends = [
    { goal: "empty" as const, permille: 0 },
    { goal: "full" as const, permille: 1000 },
  ];
  if (policy === null) return ends;
  if (role === "consumer") return [...ends, { goal: "low", permille: policy.lowPermille }, { goal: "high", permille: policy.highPermille }];
  return [...ends, { goal: "reserve", permille: policy.reservePermille }, { goal: "give", permille: policy.giveAbovePermille }];
}

/** Goals that matter on the way up and on the way down. */
const UP: readonly Goal[] = ["high", "give", "full"];

/**
 * The next limits that the charge meets at the pace of `points`, nearest first; "steady" when it hardly moves, null when too little is known.
 * @param points ascending by time; only those since the charge last turned count.
 */
export function paceOf(
  points: readonly ChargePoint[],
  role: "consumer" | "producer",
  policy: PolicySettings | null,
): Pace[] | "steady" | null {
  const slope = slopeOf(sinceTurn(points));
  const now = points.at(-1)?.permille;
  if (slope === null || now === undefined) return null;
  if (Math.abs(slope) * 3_600_000 < MIN_PERMILLE_PER_HOUR) return "steady";
  return goals(role, policy)
    .filter(({ goal, permille }) => (slope > 0 ? UP.includes(goal) && permille > now : !UP.includes(goal) && permille < now))
    .map(({ goal, permille }) => ({ goal, permille, ms: (permille - now) / slope }))
    .sort((a, b) => a.ms - b.ms);
}
