/**
 * IPv4 addresses as text and as integers.
 * @module
 */
import { isIPv4 } from "node:net";

/** An address in dotted form as an integer of 32 bits. Throws on any other text. */
export function parseIpv4(text: string): number {
  if (!isIPv4(text)) throw new Error(`udp: ${text} is no IPv4 address`);
  return text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** The dotted form of an integer of 32 bits. */
export function formatIpv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}
