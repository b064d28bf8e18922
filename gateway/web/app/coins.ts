/**
 * Amounts of the community's coin as people write them. Pure; in whole token units (10⁻⁶ coin), of which none is lost in showing.
 * @module
 */
import { common } from "./texts/common.ts";

const DECIMALS = 6;
const UNITS_PER_COIN = 10n ** BigInt(DECIMALS);
const MWH_PER_KWH = 1_000_000n;

/** The point or comma of the reader's language, and the marks between thousands. */
const INTEGER = new Intl.NumberFormat(common.locale);
const POINT = new Intl.NumberFormat(common.locale).formatToParts(0.5).find(({ type }) => type === "decimal")?.value ?? ".";

function parts(units: string | bigint): { sign: string; integer: bigint; places: string } {
  const whole = BigInt(units);
  const size = whole < 0n ? -whole : whole;
  const places = (size % UNITS_PER_COIN).toString().padStart(DECIMALS, "0").replace(/0+$/, "");
  return { sign: whole < 0n ? "−" : "", integer: size / UNITS_PER_COIN, places };
}

/** "0.15", "1,200", "−0.000001". @param units whole token units in decimal digits. */
export function coins(units: string | bigint): string {
  const { sign, integer, places } = parts(units);
  return `${sign}${INTEGER.format(integer)}${places === "" ? "" : `${POINT}${places}`}`;
}

/** As {@link parseCoins} reads it again: for a field that is edited. */
export function editedCoins(units: string | bigint): string {
  const { integer, places } = parts(units);
  return `${integer}${places === "" ? "" : `.${places}`}`;
}

/** Token units of what a person wrote, with a point or a comma; null when that is no amount. */
export function parseCoins(text: string): bigint | null {
  const [, integer, places = ""] = /^\s*(\d{1,12})(?:[.,](\d{1,6}))?\s*$/.exec(text) ?? [];
  if (integer === undefined) return null;
  return BigInt(integer) * UNITS_PER_COIN + BigInt(places.padEnd(DECIMALS, "0"));
}

/** Mean price in token units per kWh, rounded down; null without energy. @param energyMwh whole mWh. */
export function meanPrice(amount: bigint, energyMwh: number): bigint | null {
  return energyMwh === 0 ? null : (amount * MWH_PER_KWH) / BigInt(energyMwh);
}
