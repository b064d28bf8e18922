/**
 * What the page shows as its link says it, and which days that is. Pure.
 * @module
 */
import { addDays, dateAt, isDate, startOfDay } from "#gateway/tariffs/time-zone.ts";

export const PERIODS = ["day", "week", "month", "year", "range"] as const;
export type Period = (typeof PERIODS)[number];
export const KINDS = ["power", "energy", "money"] as const;
export type Kind = (typeof KINDS)[number];

export interface View {
  kind: Kind;
  period: Period;
  /** First and last day, both within. */
  from: string;
  to: string;
}

export interface Span {
  from: string;
  to: string;
  fromUtcMs: number;
  toUtcMs: number;
}

const oneOf = <Value extends string>(all: readonly Value[], text: string | undefined): Value | undefined => all.find((one) => one === text);

/** First and last day of the period that has `date`. */
function daysOf(period: Exclude<Period, "range">, date: string): { from: string; to: string } {
  const [year = "", month = ""] = date.split("-");
  if (period === "day") return { from: date, to: date };
  if (period === "week") {
    // Days of the week count from Monday (ISO 8601).
    const from = addDays(date, -((new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7));
    return { from, to: addDays(from, 6) };
  }
  if (period === "year") return { from: `${year}-01-01`, to: `${year}-12-31` };
  const from = `${year}-${month}-01`;
  return { from, to: addDays(`${addDays(from, 31).slice(0, 7)}-01`, -1) };
}

/** Reads a link; what is missing or nonsense is today. */
export function viewOf(query: Readonly<Record<string, string>>, today: string): View {
  const kind = oneOf(KINDS, query["show"]) ?? "power";
  const period = oneOf(PERIODS, query["period"]) ?? "day";
  const date = query["from"] !== undefined && isDate(query["from"]) ? query["from"] : today;
  if (period !== "range") return { kind, period, ...daysOf(period, date) };
  const to = query["to"] !== undefined && isDate(query["to"]) ? query["to"] : date;
  return { kind, period, from: date, to };
}

export function queryOf({ kind, period, from, to }: View): Record<string, string> {
  return { show: kind, period, from, ...(period === "range" && { to }) };
}

/** Days from one to another, both counted. */
export function dayCount(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1;
}

/** The period before or after; a range moves by its own length. */
export function moved(view: View, by: -1 | 1): View {
  if (view.period === "range") {
    const days = dayCount(view.from, view.to) * by;
    return { ...view, from: addDays(view.from, days), to: addDays(view.to, days) };
  }
  return { ...view, ...daysOf(view.period, by < 0 ? addDays(view.from, -1) : addDays(view.to, 1)) };
}

export function withPeriod(view: View, period: Period): View {
  return period === "range" ? { ...view, period } : { ...view, period, ...daysOf(period, view.from) };
}

export function spanOf({ from, to }: Pick<View, "from" | "to">, timeZone: string): Span {
  return { from, to, fromUtcMs: startOfDay(timeZone, from), toUtcMs: startOfDay(timeZone, addDays(to, 1)) };
}

export type Resolution = "minute" | "quarter" | "day" | "month";

/** Steps of power: about as many as there are pixels. */
export function powerResolution(days: number): Resolution {
  return days <= 1 ? "minute" : days <= 31 ? "quarter" : "day";
}

/** Steps of energy: few enough to be bars. */
export function energyResolution(days: number): Resolution {
  return days <= 2 ? "quarter" : days <= 62 ? "day" : "month";
}

export { dateAt };
