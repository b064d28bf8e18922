/**
 * Numbers as people read them. Pure; the minus is the typographic one, and every text keeps its width while it counts.
 * @module
 */

function decimal(value: number, digits: number): string {
  const text = value.toFixed(digits);
  // A rounded "-0.00" is plain zero.
  return Number(text) === 0 ? (0).toFixed(digits) : text.replace("-", "−");
}

/** Three significant digits or so: 1.23, 12.3, 123. */
function threeDigits(value: number): string {
  const size = Math.abs(value);
  return decimal(value, size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}

export function watts(powerMw: number): string {
  return Math.abs(powerMw) < 999_500 ? `${threeDigits(powerMw / 1000)} W` : `${threeDigits(powerMw / 1_000_000)} kW`;
}

export function volts(voltageMv: number): string {
  return `${decimal(voltageMv / 1000, 2)} V`;
}

export function amperes(currentMa: number): string {
  return `${threeDigits(currentMa / 1000)} A`;
}

/** A meter's counter: always Wh, so that two of them compare at a glance. */
export function wattHours(energyMwh: number): string {
  return `${decimal(energyMwh / 1000, energyMwh < 100_000 ? 3 : 1)} Wh`;
}

/** The energy of one slot, which is a few mWh in a demo and hundreds of Wh in a house. */
export function slotEnergy(energyMwh: number): string {
  return energyMwh < 1000 ? `${energyMwh} mWh` : `${threeDigits(energyMwh / 1000)} Wh`;
}

/** Energy in the unit that fits it: mWh, Wh, kWh. */
export function energy(energyMwh: number): string {
  return Math.abs(energyMwh) < 999_500 ? slotEnergy(energyMwh) : `${threeDigits(energyMwh / 1_000_000)} kWh`;
}

/** "24.8 %", "25 %". */
export function percent(permille: number): string {
  return `${decimal(permille / 10, permille % 10 === 0 ? 0 : 1)} %`;
}

/** A length of time in its largest unit or two: "8 s", "2 min 5 s", "3 h 10 min", "4 d 2 h". */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}

/** A length of time that is only an estimate: "8 s", "2 min", "3 h 10 min", "4 d". */
export function roughly(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return duration(ms);
  if (minutes < 60) return `${minutes} min`;
  if (minutes % 60 === 0 && minutes < 2880) return `${minutes / 60} h`;
  return minutes < 2880 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${Math.round(minutes / 1440)} d`;
}

const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** The time of day where the reader is, with the day when it is not today's. */
export function timeOf(utcMs: number, nowUtcMs: number): string {
  const day = DAY.format(utcMs);
  return day === DAY.format(nowUtcMs) ? TIME.format(utcMs) : `${day}, ${TIME.format(utcMs)}`;
}

/** "0x5e3a…91bc": enough to tell hashes apart by eye. */
export function shortHash(hash: string): string {
  return hash.length > 14 ? `${hash.slice(0, 6)}…${hash.slice(-4)}` : hash;
}
