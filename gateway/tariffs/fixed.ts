/**
 * The part of a tariff that is to be paid without drawing anything.
 * @module
 */
import { inForce } from "./bands.ts";
import { fromMicro, partOf } from "./money.ts";
import type { Pico } from "./money.ts";
import type { Tariff } from "./tariff.ts";
import { addDays, dateAt, dayOfMonth, startOfDay } from "./time-zone.ts";

/** One day's share: all days of a month add up to the month's. */
function ofDay({ fixed }: Tariff, date: string): Pico {
  const whole = fromMicro(fixed.micro);
  if (fixed.per === "day") return whole;
  const { day, days } = dayOfMonth(date);
  return partOf(whole, day - 1, days);
}

/** The fixed part of the days that begin from `fromUtcMs` up to, not including, `toUtcMs`, each by the tariff in force when it begins. */
export function fixedPart(tariffs: readonly Tariff[], fromUtcMs: number, toUtcMs: number): Pico {
  let sum = 0n;
  for (const one of inForce(tariffs)) {
    const { timeZone } = one.tariff;
    const from = Math.max(one.fromUtcMs, fromUtcMs);
    const to = Math.min(one.toUtcMs, toUtcMs);
    if (from >= to) continue;
    let date = dateAt(timeZone, from);
    if (startOfDay(timeZone, date) < from) date = addDays(date, 1);
    for (; startOfDay(timeZone, date) < to; date = addDays(date, 1)) sum += ofDay(one.tariff, date);
  }
  return sum;
}
