/**
 * What the board has, as far as the firmware uses it: the language's library first (there is no other, see `noLib`), then Espruino's
 * own. Something that is missing here is missing there, or was not needed yet: check before adding.
 */

// The language.

interface Object {
  toString(): string;
}
interface ObjectConstructor {
  keys(object: object): string[];
}
declare const Object: ObjectConstructor;

interface Function {
  apply(thisArgument: unknown, values: unknown[]): unknown;
}
interface CallableFunction extends Function {
  bind<T, A, R>(this: (this: T, first: A) => R, thisArgument: T, first: A): () => R;
  apply<T, A extends unknown[], R>(this: (this: T, ...values: A) => R, thisArgument: T, values: A): R;
}
interface NewableFunction extends Function {}
interface IArguments {}
interface Boolean {}
interface RegExp {
  test(text: string): boolean;
}

interface Number {
  toString(radix?: number): string;
}
// oxlint-disable-next-line no-shadow-restricted-names -- without a library, it has to be declared.
declare const NaN: number;
declare function parseInt(text: string, radix: number): number;
declare function parseFloat(text: string): number;

interface String {
  readonly length: number;
  charAt(index: number): string;
  charCodeAt(index: number): number;
  slice(start: number, end?: number): string;
  split(separator: string): string[];
  toString(): string;
}
interface StringConstructor {
  fromCharCode(code: number): string;
}
declare const String: StringConstructor;

interface ReadonlyArray<T> {
  readonly length: number;
  readonly [index: number]: T;
}

interface Array<T> {
  /** Not assignable on the board. */
  readonly length: number;
  [index: number]: T;
  concat(more: T[]): T[];
  every(test: (item: T, index: number) => boolean): boolean;
  forEach(visit: (item: T, index: number) => void): void;
  includes(item: T): boolean;
  indexOf(item: T): number;
  join(separator: string): string;
  map<U>(change: (item: T, index: number) => U): U[];
  push(...items: T[]): number;
  some(test: (item: T, index: number) => boolean): boolean;
}
interface ArrayConstructor {
  isArray(value: unknown): value is unknown[];
}
declare const Array: ArrayConstructor;

interface Error {
  message: string;
}
interface ErrorConstructor {
  new (message: string): Error;
}
declare const Error: ErrorConstructor;

interface Math {
  abs(value: number): number;
  ceil(value: number): number;
  floor(value: number): number;
  max(...values: number[]): number;
  min(...values: number[]): number;
  pow(base: number, exponent: number): number;
  random: () => number;
  sqrt(value: number): number;
}
declare const Math: Math;

interface ArrayBuffer {
  readonly byteLength: number;
}

interface Uint8Array {
  readonly length: number;
  readonly buffer: ArrayBuffer;
  readonly byteOffset: number;
  [index: number]: number;
  set(values: Uint8Array | number[], offset?: number): void;
  /** A view. There is no slice: the board's gives a plain array, which takes a variable per byte. */
  subarray(start: number, end?: number): Uint8Array;
}
interface Uint8ArrayConstructor {
  /** Zeros, a view of a buffer, or a copy of an array's items. Not from text: see {@link E}.toUint8Array. */
  new (from: number | number[] | ArrayBuffer | Uint8Array): Uint8Array;
}
declare const Uint8Array: Uint8ArrayConstructor;

interface Float32Array {
  readonly length: number;
  [index: number]: number;
  map(change: (item: number, index: number) => number): Float32Array;
  /** A view. */
  subarray(start: number, end?: number): Float32Array;
}
interface Float32ArrayConstructor {
  new (length: number): Float32Array;
}
declare const Float32Array: Float32ArrayConstructor;

interface DataView {
  getInt32(offset: number): number;
  getUint8(offset: number): number;
  getUint16(offset: number): number;
  getUint32(offset: number): number;
  setInt32(offset: number, value: number): void;
  setUint8(offset: number, value: number): void;
  setUint16(offset: number, value: number): void;
  setUint32(offset: number, value: number): void;
}
interface DataViewConstructor {
  new (buffer: ArrayBuffer, offset: number, length: number): DataView;
}
declare const DataView: DataViewConstructor;

// The compiler's own helpers; nothing at run time.

type Partial<T> = { [K in keyof T]?: T[K] };
type Pick<T, K extends keyof T> = { [P in K]: T[P] };
type Exclude<T, U> = T extends U ? never : T;
type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
type Record<K extends string | number, T> = { [P in K]: T };
type Parameters<F extends (...values: never) => unknown> = F extends (...values: infer P) => unknown ? P : never;

// Espruino.

/** 0 to 1 of the converter's range, in steps of 1/4096. */
declare function analogRead(pin: string): number;
declare function digitalWrite(pin: string, value: 0 | 1): void;
declare function digitalRead(pin: string): number;
declare function pinMode(pin: string, mode: "input_pullup"): void;
/** Wall clock in s since 1970; jumps when it is set. */
declare function getTime(): number;
declare function setInterval(callback: () => void, periodMs: number): number;
declare const console: { log(text: string): void };
declare const JSON: { parse(text: string): unknown };
declare const process: { memory(): { free: number; usage: number } };

declare const E: {
  sum: (values: Float32Array) => number;
  /** Sum of the squares of the deviations from `mean`: not divided by the count. */
  variance: (values: Float32Array, mean: number) => number;
  /** Sum of the products of the items of `a` with those of `b` from `offset` on, and round to its start. */
  convolve: (a: Float32Array, b: Float32Array, offset: number) => number;
  CRC32: (bytes: Uint8Array) => number;
  toString: (bytes: Uint8Array) => string;
  toUint8Array: (text: string) => Uint8Array;
  enableWatchdog: (timeoutS: number, automatic: boolean) => void;
  kickWatchdog: () => void;
  on: (event: "errorFlag", listener: (flags: string[]) => void) => void;
  reboot: () => void;
};

interface EspruinoSocket {
  bind(port: number): EspruinoSocket;
  on(event: "message", listener: (text: string, from: { address: string; port: number }) => void): void;
  send(text: string, offset: number, length: number, port: number, address: string): void;
  close(): void;
}

/** A bus, by 7-bit addresses. What is not acknowledged throws; a bus that is held down throws after a second. */
interface EspruinoI2c {
  setup(options: { sda: string; scl: string; bitrate: number }): void;
  writeTo(address: number, data: number[]): void;
  readFrom(address: number, bytes: number): Uint8Array;
}
declare const I2C1: EspruinoI2c;

interface EspruinoLibraries {
  Storage: {
    read(name: string): string | undefined;
    /** Makes a file of `bytes` with `text` at its start; the rest stays erased. False or a throw where it has no room. */
    write(name: string, text: string, offset: 0, bytes: number): boolean;
  };
  Flash: {
    read(length: number, address: number): Uint8Array;
    write(data: Uint8Array, address: number): void;
    erasePage(address: number): void;
    getPage(address: number): { addr: number; length: number } | undefined;
  };
  crypto: {
    SHA256(data: Uint8Array): ArrayBuffer;
    AES: { encrypt(data: Uint8Array, key: Uint8Array, options: { mode: "ECB" }): ArrayBuffer };
  };
  dgram: { createSocket: (type: "udp4") => EspruinoSocket };
  Wifi: {
    stopAP(): void;
    connect(ssid: string, options: { password: string }, done: (error: unknown) => void): void;
    on(event: "connected" | "disconnected", listener: () => void): void;
    getDetails(): { rssi?: unknown };
  };
  TelnetServer: { setOptions(options: { mode: "on" | "off" }): void };
}
declare function require<K extends keyof EspruinoLibraries>(library: K): EspruinoLibraries[K];
