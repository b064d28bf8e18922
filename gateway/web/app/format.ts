/**
 * Numbers, amounts of time and dates as people read them, in the language of the texts. Pure; the minus is the typographic one, every text
 * keeps its width while it counts, and no line breaks between a number and its unit.
 * @module
 */
import { common } from "./texts/common.ts";

const { locale } = common;
/** By decimal places. "negative": a rounded −0.00 is plain zero. */
const NUMBERS = [0, 1, 2, 3].map(
  (digits) => new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: "negative" }),
);

function decimal(value: number, digits: 0 | 1 | 2 | 3): string {
  return (NUMBERS[digits]?.format(value) ?? "").replace("-", "−");
}

const PLAIN = new Intl.NumberFormat(locale, { maximumFractionDigits: 6 });

/** A number without a unit, to at most six places. */
export function plainNumber(value: number): string {
  return PLAIN.format(value).replace("-", "−");
}

/** With a space that does not break (SI brochure, 5.4.3). */
const withUnit = (number: string, unit: string): string => `${number}\u00a0${unit}`;

/** Three significant digits or so: 1.23, 12.3, 123. */
function threeDigits(value: number): string {
  const size = Math.abs(value);
  return decimal(value, size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}

/** mW, W or kW. Below a watt whole milliwatts, as of a sensor at rest. */
export function watts(powerMw: number): string {
  if (Math.abs(powerMw) < 0.5) return withUnit("0", "W");
  if (Math.abs(powerMw) < 999.5) return withUnit(decimal(powerMw, 0), "mW");
  return Math.abs(powerMw) < 999_500 ? withUnit(threeDigits(powerMw / 1000), "W") : withUnit(threeDigits(powerMw / 1_000_000), "kW");
}

export function volts(voltageMv: number): string {
  return withUnit(decimal(voltageMv / 1000, 2), "V");
}

export function amperes(currentMa: number): string {
  return withUnit(threeDigits(currentMa / 1000), "A");
}

/** A meter's counter: always Wh, so that two of them compare at a glance. */
export function wattHours(energyMwh: number): string {
  return withUnit(decimal(energyMwh / 1000, energyMwh < 100_000 ? 3 : 1), "Wh");
}

/** Energy in the unit that fits it: mWh, Wh, kWh. */
export function energy(energyMwh: number): string {
  if (Math.abs(energyMwh) < 1000) return withUnit(decimal(energyMwh, 0), "mWh");
  return Math.abs(energyMwh) < 999_500 ? withUnit(threeDigits(energyMwh / 1000), "Wh") : withUnit(threeDigits(energyMwh / 1_000_000), "kWh");
}

/** "24.8 %", "25 %". */
export function percent(permille: number): string {
  return withUnit(decimal(permille / 10, permille % 10 === 0 ? 0 : 1), "%");
}

const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;
const { day: dayUnit, hour: hourUnit, minute: minuteUnit, second: secondUnit } = common.timeUnits;

const inUnits = (...parts: [number, string][]): string => parts.map(([number, unit]) => withUnit(String(number), unit)).join(" ");

/** A length of time in its largest unit or two: "8 s", "2 min 5 s", "3 h 10 min", "4 d 2 h". */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < MINUTE_S) return inUnits([seconds, secondUnit]);
  if (seconds < HOUR_S) return inUnits([Math.floor(seconds / MINUTE_S), minuteUnit], [seconds % MINUTE_S, secondUnit]);
  if (seconds < DAY_S) return inUnits([Math.floor(seconds / HOUR_S), hourUnit], [Math.floor((seconds % HOUR_S) / MINUTE_S), minuteUnit]);
  return inUnits([Math.floor(seconds / DAY_S), dayUnit], [Math.floor((seconds % DAY_S) / HOUR_S), hourUnit]);
}

/** A length of time that is only an estimate: "8 s", "2 min", "3 h 10 min", "4 d". */
export function roughly(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return duration(ms);
  if (minutes < 60) return inUnits([minutes, minuteUnit]);
  if (minutes >= 2880) return inUnits([Math.round(minutes / 1440), dayUnit]);
  return minutes % 60 === 0 ? inUnits([minutes / 60, hourUnit]) : inUnits([Math.floor(minutes / 60), hourUnit], [minutes % 60, minuteUnit]);
}

const TIME = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });

/** The time of day where the reader is, with the day when it is not today's. */
export function timeOf(utcMs: number, nowUtcMs: number): string {
  const day = DAY.format(utcMs);
  return day === DAY.format(nowUtcMs) ? TIME.format(utcMs) : `${day}, ${TIME.format(utcMs)}`;
}

/** "0x5e3a…91bc": enough to tell hashes apart by eye. */
export function shortHash(hash: string): string {
  return hash.length > 14 ? `${hash.slice(0, 6)}…${hash.slice(-4)}` : hash;
}
