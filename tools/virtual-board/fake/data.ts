/**
 * How Espruino's native functions take bytes, and how it makes text of values.
 * @module
 */
import { types } from "node:util";

/** Characters are bytes: the low 8 bits of each. */
export function bytesOfText(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "latin1"));
}

export function textOfBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}

/** The numbers of an array, a typed array of any type, or the character codes of a string; undefined for anything else. */
export function numbersOf(value: unknown): ArrayLike<number> | undefined {
  if (typeof value === "string") return bytesOfText(value);
  if (isNumbers(value)) return value;
  // BigInt arrays do not exist in the realm, so a view that is no DataView holds numbers.
  if (ArrayBuffer.isView(value) && !types.isDataView(value)) return value as unknown as ArrayLike<number>;
  if (types.isArrayBuffer(value)) return new Uint8Array(value);
  return undefined;
}

/** Bytes as JSV_GET_AS_CHAR_ARRAY takes them: each element's low 8 bits. Throws on what is no data. */
export function bytesOf(value: unknown): Uint8Array {
  const numbers = numbersOf(value);
  if (numbers === undefined) throw new Error("Expecting data (a String, an Array of numbers or a typed array)");
  return Uint8Array.from(numbers);
}

/** `jsvAsString`: a typed array or ArrayBuffer becomes its numbers in text, which is what a socket then sends. */
export function asText(value: unknown): string {
  if (types.isArrayBuffer(value)) return new Uint8Array(value).join(",");
  return String(value);
}
