/**
 * The part of CBOR (RFC 8949) that frames need, in its deterministic encoding (section 4.2.1): integers up to 2^53, byte
 * and text strings, arrays and null. The reader refuses everything else, so that one value has one encoding.
 * @module
 */

const UINT = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const EMPTY_MAP = 0xa0;
const NULL = 0xf6;
const TWO_32 = 4294967296;
const MAX_SAFE = 9007199254740991;

/** Writes CBOR items one after the other into a buffer that the caller owns. Throws when the buffer is full. */
export class CborWriter {
  readonly bytes: Uint8Array;
  /** Bytes written so far. */
  length: number;

  constructor(bytes: Uint8Array, start: number) {
    this.bytes = bytes;
    this.length = start;
  }

  /** Room left in the buffer, in bytes. */
  room(): number {
    return this.bytes.length - this.length;
  }

  /** An integer from -(2^53 - 1) to 2^53 - 1. */
  int(value: number): void {
    if (value < 0) this.head(NEGATIVE, -1 - value);
    else this.head(UINT, value);
  }

  byteString(value: Uint8Array): void {
    this.head(BYTES, value.length);
    this.need(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
  }

  /** A text of ASCII characters. */
  text(value: string): void {
    this.head(TEXT, value.length);
    this.need(value.length);
    for (let i = 0; i < value.length; i++) this.bytes[this.length++] = value.charCodeAt(i);
  }

  /** The head of an array; the caller writes its `count` items. */
  array(count: number): void {
    this.head(ARRAY, count);
  }

  nil(): void {
    this.need(1);
    this.bytes[this.length++] = NULL;
  }

  /** A copy of what was written. */
  written(): Uint8Array {
    return new Uint8Array(this.bytes.subarray(0, this.length));
  }

  private need(count: number): void {
    if (this.length + count > this.bytes.length) throw new Error("CBOR: buffer full");
  }

  private head(major: number, value: number): void {
    if (!(value >= 0 && value <= MAX_SAFE) || Math.floor(value) !== value) throw new Error("CBOR: not an integer: " + value);
    const type = major << 5;
    if (value < 24) {
      this.need(1);
      this.bytes[this.length++] = type | value;
    } else if (value < 0x100) this.sized(type | 24, value, 1);
    else if (value < 0x10000) this.sized(type | 25, value, 2);
    else if (value < TWO_32) this.sized(type | 26, value, 4);
    else this.sized(type | 27, value, 8);
  }

  private sized(first: number, value: number, count: number): void {
    this.need(1 + count);
    this.bytes[this.length++] = first;
    let rest = value;
    for (let i = count - 1; i >= 0; i--) {
      this.bytes[this.length + i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    this.length += count;
  }
}

/** Reads what {@link CborWriter} writes. Each method throws on any other item, on a longer encoding than needed, and past the end. */
export class CborReader {
  private readonly bytes: Uint8Array;
  private position: number;
  private readonly end: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.position = 0;
    this.end = bytes.length;
  }

  /** An integer from `min` to `max`, both within ±(2^53 - 1). */
  int(min: number, max: number): number {
    const major = this.peek() >> 5;
    if (major !== UINT && major !== NEGATIVE) throw new Error("CBOR: integer expected at " + this.position);
    const at = this.position;
    const size = this.head(major);
    const value = major === UINT ? size : -1 - size;
    if (value < min || value > max) throw new Error("CBOR: " + value + " at " + at + " is not within " + min + " to " + max);
    return value;
  }

  /** A byte string of at most `most` bytes: a view, not a copy. */
  byteString(most: number): Uint8Array {
    return this.string(BYTES, most);
  }

  /** The bytes of a text of at most `most`: a view, not a copy. */
  textBytes(most: number): Uint8Array {
    return this.string(TEXT, most);
  }

  /** The head of an array of `least` to `most` items; returns how many. */
  array(least: number, most: number): number {
    const count = this.expect(ARRAY, most);
    if (count < least) throw new Error("CBOR: array of " + count + ", at least " + least + " expected");
    return count;
  }

  /** Consumes an empty map; throws on anything else. */
  emptyMap(): void {
    if (this.peek() !== EMPTY_MAP) throw new Error("CBOR: empty map expected at " + this.position);
    this.position++;
  }

  /** Consumes a null if one is next. */
  isNil(): boolean {
    if (this.peek() !== NULL) return false;
    this.position++;
    return true;
  }

  /** Whether anything is left to be read. */
  hasMore(): boolean {
    return this.position < this.end;
  }

  /** Throws unless everything was read. */
  done(): void {
    if (this.position !== this.end) throw new Error("CBOR: " + (this.end - this.position) + " bytes left over");
  }

  private peek(): number {
    const byte = this.bytes[this.position];
    if (this.position >= this.end || byte === undefined) throw new Error("CBOR: truncated");
    return byte;
  }

  private string(major: number, most: number): Uint8Array {
    const size = this.expect(major, most);
    if (this.position + size > this.end) throw new Error("CBOR: truncated");
    const value = this.bytes.subarray(this.position, this.position + size);
    this.position += size;
    return value;
  }

  private expect(major: number, most: number): number {
    if (this.peek() >> 5 !== major) throw new Error("CBOR: major type " + major + " expected at " + this.position);
    const size = this.head(major);
    if (size > most) throw new Error("CBOR: length " + size + ", at most " + most + " expected");
    return size;
  }

  private head(major: number): number {
    const info = this.peek() & 31;
    this.position++;
    if (info < 24) return info;
    if (info > 27) throw new Error("CBOR: indefinite or reserved length");
    const count = 1 << (info - 24);
    if (this.position + count > this.end) throw new Error("CBOR: truncated");
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 256 + (this.bytes[this.position + i] || 0);
    this.position += count;
    // A shorter form of each size ends below these (RFC 8949 section 4.2.1: the shortest form only).
    const least = info === 24 ? 24 : info === 25 ? 0x100 : info === 26 ? 0x10000 : TWO_32;
    if (value < least) throw new Error("CBOR: integer is not in its shortest form");
    const most = major === NEGATIVE ? MAX_SAFE - 1 : MAX_SAFE;
    if (value > most) throw new Error("CBOR: integer above 2^53");
    return value;
  }
}
