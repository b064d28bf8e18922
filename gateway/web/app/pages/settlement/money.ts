/**
 * What a slot cost or earned, in words. Pure.
 * @module
 */
import { coins } from "../../coins.ts";
import { texts } from "../../texts.ts";

/** @param amount token units that the home got or, negative, paid. */
export function paidOrEarned(amount: string): string {
  const words = texts.settlement;
  if (BigInt(amount) === 0n) return words.nothingPaid;
  return amount.startsWith("-") ? words.paid(coins(amount.slice(1))) : words.earned(coins(amount));
}
