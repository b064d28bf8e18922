/**
 * The one-time code that lets its reader, and nobody else on the network, make the first account.
 * @module
 */
import { timingSafeEqual } from "node:crypto";
import { hashSecret } from "./secrets.ts";
import type { Random } from "./secrets.ts";

/** Crockford's base 32: no letter in it is taken for another one. */
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 12;

export interface SetupCode {
  /** As it is shown: "K7QM-2XVP-9RTA", 60 random bits. */
  text: string;
  /** Whether that is what somebody typed, in either case, with or without dashes. */
  fits: (typed: string) => boolean;
}

const plain = (typed: string): string => typed.toUpperCase().replaceAll(/[\s-]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");
const digest = (text: string): Buffer => Buffer.from(hashSecret(plain(text)));

export function createSetupCode(random: Random): SetupCode {
  // 256 is a multiple of 32: no digit is likelier than another one.
  const digits = Array.from(random(LENGTH), (byte) => DIGITS[byte % DIGITS.length]).join("");
  const text = digits.replaceAll(/(.{4})(?=.)/g, "$1-");
  const expected = digest(text);
  return { text, fits: (typed) => timingSafeEqual(digest(typed), expected) };
}
