/**
 * INA226 and INA228 as seen from the bus: their registers, and conversions in the pace that these set. After TI's datasheets SBOS547B and
 * SLYS021A; none was at hand. Alerts, power, energy and temperature are left out.
 * @module
 */
import type { I2cDevice } from "./i2c.ts";

export interface InaInputs {
  /** Voltage across the shunt, and at the bus pin, in V. */
  shuntVolts: () => number;
  busVolts: () => number;
  nowMs: () => number;
}

interface Registers {
  /** Bytes by register. */
  sizes: ReadonlyMap<number, number>;
  /** Power-on values, where they are not 0. */
  initial: ReadonlyMap<number, number>;
  writable: readonly number[];
  /** Register that sets the pace of conversions, and what one takes by its value; 0 when it does not convert for ever. */
  pace: number;
  conversionMs(configuration: number): number;
  /** Register with the flag of a new conversion, and the flag. */
  flagged: number;
  flag: number;
  /** Whether reading the flag clears it, by the flag's own register. */
  clears(value: number): boolean;
  shunt: number;
  bus: number;
  /** Results by volts, as their registers hold them. */
  shuntCode(volts: number, configuration: number): number;
  busCode(volts: number): number;
}

const clip = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, Math.round(value)));
const AVERAGES = [1, 4, 16, 64, 128, 256, 512, 1024];
const TIMES_226_MS = [0.14, 0.204, 0.332, 0.588, 1.1, 2.116, 4.156, 8.244];
const TIMES_228_MS = [0.05, 0.084, 0.15, 0.28, 0.54, 1.052, 2.074, 4.12];
const field = (value: number, shift: number, bits: number): number => (value >> shift) & ((1 << bits) - 1);

/** SBOS547B, table 7-1 and sections 7.1.1 to 7.1.10. */
const INA226: Registers = {
  sizes: new Map([0, 1, 2, 3, 4, 5, 6, 7, 0xfe, 0xff].map((register) => [register, 2])),
  initial: new Map([
    [0x00, 0x4127],
    [0xfe, 0x5449],
    [0xff, 0x2260],
  ]),
  writable: [0, 5, 6, 7],
  pace: 0,
  conversionMs(configuration) {
    const average = AVERAGES[field(configuration, 9, 3)] ?? NaN;
    const [bus = NaN, shunt = NaN] = [TIMES_226_MS[field(configuration, 6, 3)], TIMES_226_MS[field(configuration, 3, 3)]];
    return field(configuration, 0, 3) === 7 ? average * (bus + shunt) : 0;
  },
  flagged: 6,
  flag: 0x08,
  clears: () => true,
  shunt: 1,
  bus: 2,
  shuntCode: (volts) => clip(volts / 2.5e-6, -0x8000, 0x7fff),
  busCode: (volts) => clip(volts / 1.25e-3, 0, 0x7fff),
};

/** SLYS021A, table 7-3 and sections 7.6.1.1 to 7.6.1.20. Results are 20 bits, left-aligned in 24. */
const INA228: Registers = {
  sizes: new Map([
    ...[0, 1, 2, 3, 6, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x3e, 0x3f].map((register): [number, number] => [register, 2]),
    ...[4, 5, 7, 8].map((register): [number, number] => [register, 3]),
    ...[9, 0x0a].map((register): [number, number] => [register, 5]),
  ]),
  initial: new Map([
    [0x01, 0xfb68],
    [0x02, 0x1000],
    [0x0b, 0x0001],
    [0x3e, 0x5449],
    [0x3f, 0x2281],
  ]),
  writable: [0, 1, 2, 3, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11],
  pace: 1,
  conversionMs(configuration) {
    const time = (shift: number): number => TIMES_228_MS[field(configuration, shift, 3)] ?? NaN;
    const mode = field(configuration, 12, 4);
    const once = (mode & 1 ? time(9) : 0) + (mode & 2 ? time(6) : 0) + (mode & 4 ? time(3) : 0);
    return mode > 8 ? once * (AVERAGES[field(configuration, 0, 3)] ?? NaN) : 0;
  },
  flagged: 0x0b,
  flag: 0x02,
  // ALATCH.
  clears: (value) => (value & 0x8000) !== 0,
  shunt: 4,
  bus: 5,
  // ADCRANGE, bit 4 of CONFIG.
  shuntCode: (volts, configuration) => clip(volts / (configuration & 0x10 ? 78.125e-9 : 312.5e-9), -0x80000, 0x7ffff) * 16,
  busCode: (volts) => clip(volts / 195.3125e-6, 0, 0x7ffff) * 16,
};

function createChip(chip: Registers, { shuntVolts, busVolts, nowMs }: InaInputs): I2cDevice {
  const values = new Map(chip.initial);
  let pointer = 0;
  let convertingSinceMs = nowMs();
  let conversions = 0;
  const value = (register: number): number => values.get(register) ?? 0;

  function reset(): void {
    values.clear();
    for (const [register, initial] of chip.initial) values.set(register, initial);
  }

  function restart(): void {
    convertingSinceMs = nowMs();
    conversions = 0;
    values.set(chip.flagged, value(chip.flagged) & ~chip.flag);
  }

  function convert(): void {
    const conversionMs = chip.conversionMs(value(chip.pace));
    const done = conversionMs === 0 ? 0 : Math.floor((nowMs() - convertingSinceMs) / conversionMs);
    if (done <= conversions) return;
    conversions = done;
    values.set(chip.shunt, chip.shuntCode(shuntVolts(), value(0)));
    values.set(chip.bus, chip.busCode(busVolts()));
    values.set(chip.flagged, value(chip.flagged) | chip.flag);
  }

  return {
    write(bytes) {
      convert();
      const [register = 0, high, low] = bytes;
      pointer = register;
      if (bytes.length === 1) return;
      if (high === undefined || low === undefined || bytes.length !== 3) throw new Error("a register takes two bytes");
      if (!chip.writable.includes(register)) return;
      values.set(register, (high << 8) | low);
      if (register === 0 && high & 0x80) reset();
      if (register === 0 || register === chip.pace) restart();
    },
    read(count) {
      convert();
      const size = chip.sizes.get(pointer) ?? 2;
      const content = value(pointer);
      if (pointer === chip.flagged && chip.clears(content)) values.set(pointer, content & ~chip.flag);
      // Most significant byte first; beyond the register there is nothing.
      return Uint8Array.from({ length: count }, (_, i) => (i < size ? Math.floor(content / 2 ** (8 * (size - 1 - i))) & 255 : 255));
    },
  };
}

/** A chip at rest until its inputs say otherwise. */
export const createIna226 = (inputs: InaInputs): I2cDevice => createChip(INA226, inputs);
export const createIna228 = (inputs: InaInputs): I2cDevice => createChip(INA228, inputs);
