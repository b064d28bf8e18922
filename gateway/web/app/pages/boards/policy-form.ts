/**
 * Limits as a person edits them: in %, s, A and V; what the board would refuse, and what would be unwise. Pure.
 * @module
 */
import type { PolicySettings } from "#firmware/wire/commands.ts";

export type PolicyField = keyof PolicySettings;
export type PolicyForm = Record<PolicyField, string>;
export type Role = "consumer" | "producer";

interface FieldRule {
  unit: "%" | "s" | "A" | "V";
  /** Of the setting in one of the unit. */
  per: number;
  /** What the board takes (`firmware/core/settings.ts`), in the setting's own unit. */
  min: number;
  max: number;
}

const DAY_MS = 86_400_000;

export const FIELDS: Record<PolicyField, FieldRule> = {
  lowPermille: { unit: "%", per: 10, min: 0, max: 1000 },
  highPermille: { unit: "%", per: 10, min: 0, max: 1000 },
  reservePermille: { unit: "%", per: 10, min: 0, max: 1000 },
  giveAbovePermille: { unit: "%", per: 10, min: 0, max: 1000 },
  minOnMs: { unit: "s", per: 1000, min: 0, max: DAY_MS },
  minOffMs: { unit: "s", per: 1000, min: 0, max: DAY_MS },
  deadTimeMs: { unit: "s", per: 1000, min: 50, max: 60_000 },
  tripMa: { unit: "A", per: 1000, min: 1, max: 100_000 },
  lockoutMs: { unit: "s", per: 1000, min: 1000, max: DAY_MS },
  busLiveMv: { unit: "V", per: 1000, min: 0, max: 60_000 },
  staleMs: { unit: "s", per: 1000, min: 200, max: 60_000 },
};

/** Object.keys forgets the key type; FIELDS has exactly these. */
const NAMES = Object.keys(FIELDS) as PolicyField[];

/** Where nothing is known of a board: cautious values for a 12 V lead battery. */
export const START: PolicySettings = {
  lowPermille: 300,
  highPermille: 500,
  reservePermille: 200,
  giveAbovePermille: 600,
  minOnMs: 60_000,
  minOffMs: 10_000,
  deadTimeMs: 200,
  tripMa: 15_000,
  lockoutMs: 60_000,
  busLiveMv: 10_500,
  staleMs: 2000,
};

export function formOf(policy: PolicySettings): PolicyForm {
  // One text for each name.
  return Object.fromEntries(NAMES.map((name) => [name, String(policy[name] / FIELDS[name].per)])) as PolicyForm;
}

export type Problem = { kind: "number" } | { kind: "range"; from: string; to: string } | { kind: "lowHigh" | "reserveLow" | "reserveGive" };
export type Warning = "narrow" | "deep" | "high" | "wear" | "trip" | "stale";

/** A setting that was typed, in its own unit; null when it is no number. A comma is a point to many. */
function valueOf(name: PolicyField, text: string): number | null {
  const trimmed = text.trim().replace(",", ".");
  return /^\d+(\.\d+)?$/.test(trimmed) ? Math.round(Number(trimmed) * FIELDS[name].per) : null;
}

export interface ReadForm {
  /** Null as long as the board would refuse it. */
  policy: PolicySettings | null;
  problems: Partial<Record<PolicyField, Problem>>;
  warnings: Warning[];
}

export function readForm(form: PolicyForm, role: Role): ReadForm {
  const problems: ReadForm["problems"] = {};
  const values = new Map<PolicyField, number>();
  for (const name of NAMES) {
    const { min, max, per } = FIELDS[name];
    const value = valueOf(name, form[name]);
    if (value === null) problems[name] = { kind: "number" };
    else if (value < min || value > max) problems[name] = { kind: "range", from: String(min / per), to: String(max / per) };
    else values.set(name, value);
  }
  if (values.size < NAMES.length) return { policy: null, problems, warnings: [] };
  // Each name has its value here.
  const policy = Object.fromEntries(values) as unknown as PolicySettings;
  // The board checks all of them whatever its role.
  if (policy.lowPermille >= policy.highPermille) problems.highPermille = { kind: "lowHigh" };
  if (policy.reservePermille >= policy.lowPermille) problems.reservePermille = { kind: "reserveLow" };
  if (policy.reservePermille >= policy.giveAbovePermille) problems.giveAbovePermille = { kind: "reserveGive" };
  return { policy: Object.keys(problems).length === 0 ? policy : null, problems, warnings: warningsOf(policy, role) };
}

function warningsOf(policy: PolicySettings, role: Role): Warning[] {
  const [lower, upper] = role === "consumer" ? [policy.lowPermille, policy.highPermille] : [policy.reservePermille, policy.giveAbovePermille];
  const checks: Record<Warning, boolean> = {
    narrow: upper > lower && upper - lower < 50,
    deep: lower < 200,
    high: upper > 950,
    wear: policy.minOnMs < 60_000,
    trip: policy.tripMa > 18_000,
    stale: policy.staleMs > 10_000,
  };
  return (["narrow", "deep", "high", "wear", "trip", "stale"] as const).filter((name) => checks[name]);
}
