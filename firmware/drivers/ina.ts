/**
 * INA226 and INA228 of Texas Instruments on the I²C bus: voltage across a shunt, and at the bus. Sections are those of their datasheets,
 * SBOS547B and SLYS021A. Neither chip's own current register is used: the shunt's resistance is the board's business.
 *
 * A bus that is held down costs a second for each try (Espruino's own limit), so a chip that failed is tried again later and later.
 * @module
 */
import type { I2cPins } from "../core/board.ts";
import type { ChipReader, ChipReading } from "../core/sensor.ts";

/** The part of Espruino's `I2C` that is needed. What fails throws. */
export interface I2cBus {
  setup: (options: I2cPins) => void;
  writeTo: (address: number, data: number[]) => void;
  readFrom: (address: number, bytes: number) => Uint8Array;
}

/** One kind of chip as data; made when there is one, so that the others take no memory. */
interface ChipKind {
  /** Registers of the maker's and the die's number, and what the latter says when its revision is taken off. */
  makerRegister: number;
  dieRegister: number;
  die: number;
  /** Register and value pairs that set it up. */
  configuration: number[][];
  /** Register and bit that tell of a new conversion; reading clears it. */
  readyRegister: number;
  readyBit: number;
  shuntRegister: number;
  busRegister: number;
  /** Bytes of a result, and bits at its end that mean nothing. */
  bytes: number;
  spareBits: number;
  shuntUv: number;
  busMv: number;
  /** Largest magnitude of a result. */
  top: number;
}

/** "TI", in both (SBOS547B 7.1.9, SLYS021A 7.6.1.19). */
const MAKER = 0x5449;
const FIRST_WAIT_MS = 100;
const MAX_WAIT_MS = 10000;

/** Continuous; 16 averages of 1.1 ms each for shunt and bus are 35 ms, so that each control period finds a new one (SBOS547B 7.1.1). */
function ina226(): ChipKind {
  return {
    makerRegister: 0xfe,
    dieRegister: 0xff,
    die: 0x226,
    configuration: [[0x00, 0x4527]],
    // Mask/enable register, CVRF (7.1.7).
    readyRegister: 0x06,
    readyBit: 0x08,
    shuntRegister: 0x01,
    busRegister: 0x02,
    bytes: 2,
    spareBits: 0,
    // 7.1.2 and 7.1.3.
    shuntUv: 2.5,
    busMv: 1.25,
    top: 0x7fff,
  };
}

/** The same pace; ±163.84 mV, and a flag that waits for its reader (ALATCH; SLYS021A 7.6.1.1, .2 and .12). */
function ina228(): ChipKind {
  return {
    makerRegister: 0x3e,
    dieRegister: 0x3f,
    die: 0x228,
    configuration: [
      [0x00, 0x0000],
      [0x01, 0xbb6a],
      [0x0b, 0x8000],
    ],
    // DIAG_ALRT, CNVRF.
    readyRegister: 0x0b,
    readyBit: 0x02,
    shuntRegister: 0x04,
    busRegister: 0x05,
    bytes: 3,
    spareBits: 4,
    // 7.6.1.5 and .6.
    shuntUv: 0.3125,
    busMv: 0.1953125,
    top: 0x7ffff,
  };
}

/** What is known of the chip at an address. */
interface Chip {
  kind: ChipKind | null;
  /** Not before this uptime is it tried again, and so long after the next failure. */
  retryMs: number;
  waitMs: number;
}

/** A reader of the chips on a bus. Which chip an address has, it finds out by asking. */
export function createChipReader(bus: I2cBus, options: I2cPins): ChipReader {
  const chips: Partial<Record<number, Chip>> = {};
  // One result for all readings: it is used up before the next.
  const reading: ChipReading = { shuntUv: 0, voltageMv: 0, shuntRaw: 0, voltageRaw: 0, clipped: false };

  /** A register's content, signed. */
  function read(address: number, register: number, bytes: number): number {
    bus.writeTo(address, [register]);
    const data = bus.readFrom(address, bytes);
    if (data.length !== bytes) throw new Error("I2C: " + address + " gave no answer");
    let value = 0;
    for (let i = 0; i < bytes; i++) value = (value << 8) | (data[i] || 0);
    const spare = 32 - 8 * bytes;
    return (value << spare) >> spare;
  }

  function identify(address: number): ChipKind {
    const older = ina226();
    if (isKind(address, older)) return older;
    const newer = ina228();
    if (isKind(address, newer)) return newer;
    throw new Error("I2C: " + address + " is neither an INA226 nor an INA228");
  }

  function isKind(address: number, kind: ChipKind): boolean {
    return read(address, kind.makerRegister, 2) === MAKER && ((read(address, kind.dieRegister, 2) >> 4) & 0xfff) === kind.die;
  }

  function begin(address: number): ChipKind {
    // Anew each time: it frees a bus that was stuck.
    bus.setup(options);
    const kind = identify(address);
    kind.configuration.forEach((pair) => bus.writeTo(address, [pair[0] || 0, (pair[1] || 0) >> 8, (pair[1] || 0) & 255]));
    return kind;
  }

  function take(address: number, kind: ChipKind): ChipReading | null {
    if ((read(address, kind.readyRegister, 2) & kind.readyBit) === 0) return null;
    const shunt = read(address, kind.shuntRegister, kind.bytes) >> kind.spareBits;
    const voltage = read(address, kind.busRegister, kind.bytes) >> kind.spareBits;
    reading.shuntUv = shunt * kind.shuntUv;
    reading.voltageMv = voltage * kind.busMv;
    reading.shuntRaw = shunt;
    reading.voltageRaw = voltage;
    reading.clipped = shunt >= kind.top || shunt < -kind.top || voltage >= kind.top;
    return reading;
  }

  return (address, nowMs) => {
    const chip: Chip = (chips[address] = chips[address] || { kind: null, retryMs: 0, waitMs: FIRST_WAIT_MS });
    if (nowMs < chip.retryMs) throw new Error("I2C: " + address + " failed and is left alone");
    try {
      const kind = (chip.kind = chip.kind || begin(address));
      const taken = take(address, kind);
      chip.waitMs = FIRST_WAIT_MS;
      return taken;
    } catch (error) {
      chip.kind = null;
      chip.retryMs = nowMs + chip.waitMs;
      chip.waitMs = Math.min(2 * chip.waitMs, MAX_WAIT_MS);
      throw error;
    }
  };
}
