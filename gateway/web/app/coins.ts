/**
 * Amounts of the community's coin as people write them. Pure; in whole token units (10⁻¹⁸ coin), so that nothing is rounded but what is shown.
 * @module
 */

const DECIMALS = 18;
const UNITS_PER_COIN = 10n ** BigInt(DECIMALS);
const MWH_PER_KWH = 1_000_000n;

/** Decimal places that are shown; what is smaller is told by "<". */
const SHOWN = 6;

/** "0.15", "12", "<0.000001": rounded down to six places. @param units whole token units in decimal digits. */
export function coins(units: string | bigint): string {
  const whole = BigInt(units);
  const size = whole < 0n ? -whole : whole;
  const places = (size % UNITS_PER_COIN).toString().padStart(DECIMALS, "0").slice(0, SHOWN).replace(/0+$/, "");
  const integer = size / UNITS_PER_COIN;
  if (size > 0n && integer === 0n && places === "") return `<0.${"0".repeat(SHOWN - 1)}1`;
  return `${whole < 0n ? "−" : ""}${integer}${places === "" ? "" : `.${places}`}`;
}

/** Token units of what a person wrote, with a point or a comma; null when that is no amount. */
export function parseCoins(text: string): bigint | null {
  const [, integer, places = ""] = /^\s*(\d{1,12})(?:[.,](\d{1,18}))?\s*$/.exec(text) ?? [];
  if (integer === undefined) return null;
  return BigInt(integer) * UNITS_PER_COIN + BigInt(places.padEnd(DECIMALS, "0"));
}

/** All its places, so that {@link parseCoins} gives the same units again: for a field that is edited. */
export function exactCoins(units: string | bigint): string {
  const size = BigInt(units);
  const places = (size % UNITS_PER_COIN).toString().padStart(DECIMALS, "0").replace(/0+$/, "");
  return `${size / UNITS_PER_COIN}${places === "" ? "" : `.${places}`}`;
}

/** What energy costs at a price, rounded down. @param energyMwh whole mWh. @param pricePerKwh token units per kWh. */
export function costOf(energyMwh: number, pricePerKwh: bigint): bigint {
  return (BigInt(energyMwh) * pricePerKwh) / MWH_PER_KWH;
}

/** Mean price in token units per kWh; null without energy. */
export function meanPrice(amount: bigint, energyMwh: number): bigint | null {
  return energyMwh === 0 ? null : (amount * MWH_PER_KWH) / BigInt(energyMwh);
}
