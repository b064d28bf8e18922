/**
 * Packs readings of one board into a block of bytes, and unpacks them as they were. Pure.
 *
 * A block is a version byte and a raw deflate stream (RFC 1951) of columns, each with its length before it. A column has one
 * variable-length integer per reading: how far the value lies from what the same meter's reading before lets expect. Power is steady, so most are small,
 * and a counter's advance follows from current, voltage and time but for its rounding.
 * @module
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";

/** Largest number in a packed reading: sums and differences of a few stay exact. No wire format and no clock gives a larger one. */
const MAX_PACKED = 2 ** 50;

/** A reading as the packed form knows it, without its board. Numbers are integers within ±2^50. */
export interface PackedReading {
  boot: number;
  sequence: number;
  meter: number;
  uptimeMs: number;
  endUtcMs: number | null;
  currentMa: number;
  minCurrentMa: number;
  maxCurrentMa: number;
  voltageMv: number;
  importMwh: number;
  exportMwh: number;
  relays: number;
  flags: number;
  chargePermille: number | null;
  /** Both null, or both not. */
  batch: number | null;
  leaf: number | null;
}

const VERSION = 1;
const HAS_TIME = 1;
const HAS_CHARGE = 2;
const HAS_BATCH = 4;

const COLUMNS = [
  "boot",
  "sequence",
  "meter",
  "has",
  "uptimeMs",
  "bootUtcMs",
  "currentMa",
  "belowMa",
  "aboveMa",
  "voltageMv",
  "importMwh",
  "exportMwh",
  "relays",
  "flags",
  "chargePermille",
  "batch",
  "leaf",
] as const;
type Column = (typeof COLUMNS)[number];

/** Puts a value into a column, or takes it out: what it is expected to be goes in, the value comes out. */
type Code = (column: Column, expected: number, value: number) => number;

/** What is known of the readings before, by which the next one is expected. */
interface Context {
  boot: number;
  sequence: number;
  bootUtcMs: number;
  batch: number;
  leaf: number;
  meters: Map<number, MeterContext>;
}

interface MeterContext {
  uptimeMs: number;
  stepMs: number;
  has: number;
  currentMa: number;
  belowMa: number;
  aboveMa: number;
  voltageMv: number;
  importMwh: number;
  exportMwh: number;
  relays: number;
  flags: number;
  chargePermille: number;
}

function freshContext(): Context {
  return { boot: 0, sequence: 0, bootUtcMs: 0, batch: 0, leaf: 0, meters: new Map() };
}

function freshMeter(): MeterContext {
  return {
    uptimeMs: 0,
    stepMs: 0,
    has: 0,
    currentMa: 0,
    belowMa: 0,
    aboveMa: 0,
    voltageMv: 0,
    importMwh: 0,
    exportMwh: 0,
    relays: 0,
    flags: 0,
    chargePermille: 0,
  };
}

/** mA × mV × ms in mWh. */
function energyMwh(currentMa: number, voltageMv: number, stepMs: number): number {
  const mwh = Math.round((currentMa * voltageMv * stepMs) / 3.6e9);
  return Number.isSafeInteger(mwh) ? mwh : 0;
}

/** Whether packing a reading is exact. */
export function isPackable(reading: PackedReading): boolean {
  const isSmall = (value: unknown): boolean => typeof value !== "number" || (Number.isInteger(value) && Math.abs(value) <= MAX_PACKED);
  return Object.values(reading).every(isSmall) && (reading.batch === null) === (reading.leaf === null);
}

/** A counter that is expected to advance, as far as integers are exact. */
function counterAfter(mwh: number, advanceMwh: number): number {
  return Math.min(MAX_PACKED, mwh + Math.max(0, advanceMwh));
}

function presence({ endUtcMs, chargePermille, batch }: PackedReading): number {
  return (endUtcMs === null ? 0 : HAS_TIME) + (chargePermille === null ? 0 : HAS_CHARGE) + (batch === null ? 0 : HAS_BATCH);
}

/** One reading through all columns: the same walk packs (`code` keeps differences) and unpacks (`code` ignores the value it is given). */
function walk(context: Context, code: Code, given: PackedReading): PackedReading {
  const boot = code("boot", context.boot, given.boot);
  const sequence = code("sequence", boot === context.boot ? context.sequence : 0, given.sequence);
  const meter = code("meter", 0, given.meter);
  const before = context.meters.get(meter) ?? freshMeter();
  const has = code("has", before.has, presence(given));
  const uptimeMs = code("uptimeMs", before.uptimeMs + before.stepMs, given.uptimeMs);
  const stepMs = uptimeMs - before.uptimeMs;
  const bootUtcMs = (has & HAS_TIME) === 0 ? null : code("bootUtcMs", context.bootUtcMs, (given.endUtcMs ?? 0) - given.uptimeMs);
  const currentMa = code("currentMa", before.currentMa, given.currentMa);
  const belowMa = code("belowMa", before.belowMa, given.currentMa - given.minCurrentMa);
  const aboveMa = code("aboveMa", before.aboveMa, given.maxCurrentMa - given.currentMa);
  const voltageMv = code("voltageMv", before.voltageMv, given.voltageMv);
  const advanceMwh = energyMwh(currentMa, voltageMv, stepMs);
  const importMwh = code("importMwh", counterAfter(before.importMwh, advanceMwh), given.importMwh);
  const exportMwh = code("exportMwh", counterAfter(before.exportMwh, -advanceMwh), given.exportMwh);
  const relays = code("relays", before.relays, given.relays);
  const flags = code("flags", before.flags, given.flags);
  const chargePermille = (has & HAS_CHARGE) === 0 ? null : code("chargePermille", before.chargePermille, given.chargePermille ?? 0);
  const batch = (has & HAS_BATCH) === 0 ? null : code("batch", context.batch, given.batch ?? 0);
  const leaf = batch === null ? null : code("leaf", batch === context.batch ? context.leaf + 1 : 0, given.leaf ?? 0);

  context.boot = boot;
  context.sequence = sequence;
  context.bootUtcMs = bootUtcMs ?? context.bootUtcMs;
  context.batch = batch ?? context.batch;
  context.leaf = leaf ?? context.leaf;
  const after = { uptimeMs, stepMs, has, currentMa, belowMa, aboveMa, voltageMv, importMwh, exportMwh, relays, flags };
  context.meters.set(meter, { ...after, chargePermille: chargePermille ?? before.chargePermille });
  return {
    boot,
    sequence,
    meter,
    uptimeMs,
    endUtcMs: bootUtcMs === null ? null : bootUtcMs + uptimeMs,
    currentMa,
    minCurrentMa: currentMa - belowMa,
    maxCurrentMa: currentMa + aboveMa,
    voltageMv,
    importMwh,
    exportMwh,
    relays,
    flags,
    chargePermille,
    batch,
    leaf,
  };
}

/** Sign and 6 bits in the first byte, 7 bits in each further one; the top bit says that one follows. Not bitwise: values have 53 bits. */
function writeInteger(bytes: number[], value: number): void {
  let rest = Math.abs(value);
  const sign = value < 0 ? 64 : 0;
  let byte = sign + (rest % 64);
  rest = Math.floor(rest / 64);
  while (rest > 0) {
    bytes.push(byte + 128);
    byte = rest % 128;
    rest = Math.floor(rest / 128);
  }
  bytes.push(byte);
}

function createReader(bytes: Uint8Array): { integer(): number; part(length: number): Uint8Array } {
  let at = 0;
  const next = (): number => {
    const byte = bytes[at++];
    if (byte === undefined) throw new Error("packed block: cut short");
    return byte;
  };
  return {
    integer() {
      let byte = next();
      const isNegative = (byte & 64) !== 0;
      let value = byte & 63;
      let unit = 64;
      while (byte >= 128) {
        byte = next();
        value += (byte & 127) * unit;
        unit *= 128;
      }
      return isNegative ? -value : value;
    },
    part(length) {
      at += length;
      if (at > bytes.length) throw new Error("packed block: cut short");
      return bytes.subarray(at - length, at);
    },
  };
}

function perColumn<T>(make: () => T): Record<Column, T> {
  // The keys are the columns.
  return Object.fromEntries(COLUMNS.map((column) => [column, make()])) as Record<Column, T>;
}

/** Packs readings that are packable, in the order given. */
export function packReadings(readings: readonly PackedReading[]): Uint8Array {
  const columns = perColumn((): number[] => []);
  const context = freshContext();
  const code: Code = (column, expected, value) => {
    writeInteger(columns[column], value - expected);
    return value;
  };
  for (const reading of readings) walk(context, code, reading);
  const head: number[] = [];
  writeInteger(head, readings.length);
  for (const column of COLUMNS) writeInteger(head, columns[column].length);
  const body = deflateRawSync(Buffer.concat([Buffer.from(head), ...COLUMNS.map((column) => Buffer.from(columns[column]))]), { level: 9 });
  return Buffer.concat([Buffer.of(VERSION), body]);
}

/** What `walk` takes while unpacking, where the value given is not looked at. */
const NOTHING: PackedReading = {
  ...freshMeter(),
  boot: 0,
  sequence: 0,
  meter: 0,
  endUtcMs: null,
  minCurrentMa: 0,
  maxCurrentMa: 0,
  chargePermille: null,
  batch: null,
  leaf: null,
};

/**
 * Unpacks a block into the readings that were packed, in their order.
 * @throws when it is damaged or of an unknown version.
 */
export function unpackReadings(block: Uint8Array): PackedReading[] {
  if (block[0] !== VERSION) throw new Error(`packed block: version ${block[0]} is unknown; start the newer gateway that wrote it`);
  const reader = createReader(inflateRawSync(block.subarray(1)));
  const count = reader.integer();
  const lengths = COLUMNS.map(() => reader.integer());
  // One reader for each column, in their order.
  const readers = Object.fromEntries(COLUMNS.map((column, index) => [column, createReader(reader.part(lengths[index] ?? 0))])) as Record<
    Column,
    ReturnType<typeof createReader>
  >;
  const context = freshContext();
  const code: Code = (column, expected) => expected + readers[column].integer();
  return Array.from({ length: count }, () => walk(context, code, NOTHING));
}
