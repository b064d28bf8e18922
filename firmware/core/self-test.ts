/**
 * What a start tries before it relies on it. Each throws with what is wrong.
 * @module
 */
import { BLANK, SECTOR_BYTES, viewOf } from "./flash.ts";
import type { FlashRegion } from "./flash.ts";

const PATTERN = 0x5aa50ff0;

/**
 * Writes a word more to a sector that is kept for this. A new or a full one is erased as well: some builds of the interpreter erase elsewhere, or
 * nothing. So a board that starts over and over wears this sector a thousandth as fast.
 */
export function testFlash(flash: FlashRegion, offset: number): void {
  const word = new Uint8Array(4);
  viewOf(word).setUint32(0, PATTERN);
  const holds = (at: number, value: number): boolean => viewOf(flash.read(4, offset + at)).getUint32(0) === value;
  const last = SECTOR_BYTES - 4;
  // Words are written in order: the first blank one by halving.
  let low = 0;
  let high = SECTOR_BYTES / 4;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(4 * middle, BLANK)) high = middle;
    else low = middle + 1;
  }
  if (low > 0 && holds(0, PATTERN) && holds(last, BLANK)) {
    flash.write(word, offset + 4 * low);
    if (holds(4 * low, PATTERN)) return;
  }
  // Twice: a power cut in the last test may have left anything there.
  for (let tries = 0; tries < 2; tries++) {
    flash.write(word, offset);
    flash.write(word, offset + last);
    const isKept = holds(0, PATTERN) && holds(last, PATTERN);
    flash.erase(offset);
    if (!holds(0, BLANK) || !holds(last, BLANK)) throw new Error("self-test: flash is not erased at " + offset);
    if (!isKept) continue;
    flash.write(word, offset);
    return;
  }
  throw new Error("self-test: flash does not keep what is written at " + offset);
}

export interface CryptoProbe {
  SHA256(data: Uint8Array): ArrayBuffer;
  AES: { encrypt(data: Uint8Array, key: Uint8Array, options: { mode: "ECB" }): ArrayBuffer };
}

/** One block each of SHA-256 (FIPS 180-4, "abc") and AES-128 (FIPS 197, C.1): a build without either would seal nothing, or wrongly. */
export function testCrypto(crypto: CryptoProbe): void {
  const key = new Uint8Array(16);
  const block = new Uint8Array(16);
  for (let i = 0; i < 16; i++) {
    key[i] = i;
    block[i] = i * 17;
  }
  const digest = viewOf(new Uint8Array(crypto.SHA256(new Uint8Array([97, 98, 99])))).getUint32(0);
  const cipher = viewOf(new Uint8Array(crypto.AES.encrypt(block, key, { mode: "ECB" }))).getUint32(0);
  if (digest !== 0xba7816bf || cipher !== 0x69c4e0d8) throw new Error("self-test: SHA-256 or AES is wrong in this build of the interpreter");
}
