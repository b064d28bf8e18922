/**
 * Tariffs as energy providers with a day's and a night's price. Pure.
 * @module
 */
import { bandAt, priceSegments } from "#gateway/tariffs/bands.ts";
import type { Band, Tariff } from "#gateway/tariffs/tariff.ts";

export interface Provider {
  id: number;
  name: string;
  type_id: number;
  day_slope_watt_euros: number;
  day_constant_watt_euros: number;
  night_slope_watt_euros: number;
  night_constant_watt_euros: number;
  current: number;
  threshold: number;
  start_night_rate?: string;
  end_night_rate?: string;
}

const MICRO = 1_000_000;
const DAYS_PER_MONTH = 365.25 / 12;

/** What holds otherwise is the day; the first band with a window is the night. */
export const isNight = (band: Band): boolean => band.windows.length > 0;

/** @returns null when there is no tariff. */
export function dayAndNight({ bands }: Tariff): { day: Band; night: Band } {
  const day = bands.find((band) => !isNight(band)) ?? bandAt(bands, 0, 0);
  return { day, night: bands.find(isNight) ?? day };
}

/** The tariff in force; the one that comes first when none is yet. */
export function currentTariff(tariffs: readonly Tariff[], nowMs: number): Tariff | undefined {
  return priceSegments(tariffs, nowMs, nowMs + 1)[0]?.tariff ?? tariffs[0];
}

/** The rate at a time: 1 at night, 0 by day, -1 when there is but one or none. */
export function nightRateAt(tariffs: readonly Tariff[], utcMs: number): 0 | 1 | -1 {
  const [segment] = priceSegments(tariffs, utcMs, utcMs + 1);
  if (segment === undefined || !segment.tariff.bands.some(isNight)) return -1;
  return isNight(segment.band) ? 1 : 0;
}

/** The word that answers carry: null without a tariff. */
export function rateNow(tariffs: readonly Tariff[], nowMs: number): "day" | "night" | "none" | null {
  if (currentTariff(tariffs, nowMs) === undefined) return null;
  return ({ 1: "night", 0: "day", [-1]: "none" } as const)[nightRateAt(tariffs, nowMs)];
}

/** @param id the tariff's number. */
export function providerOf(tariff: Tariff, id: number, isCurrent: boolean): Provider {
  const { day, night } = dayAndNight(tariff);
  const { micro, per } = tariff.fixed;
  const monthly = (micro * (per === "day" ? DAYS_PER_MONTH : 1)) / MICRO;
  const [window] = night.windows;
  const differ = day.importMicroPerKwh !== night.importMicroPerKwh;
  return {
    id,
    name: tariff.name,
    type_id: 1,
    day_slope_watt_euros: day.importMicroPerKwh / MICRO,
    day_constant_watt_euros: monthly,
    night_slope_watt_euros: night.importMicroPerKwh / MICRO,
    night_constant_watt_euros: monthly,
    current: isCurrent ? 1 : 0,
    threshold: tariff.subscribedPowerW ?? 0,
    ...(differ && window !== undefined && { start_night_rate: window.from, end_night_rate: window.to }),
  };
}
