/**
 * The I²C bus as Espruino has it on an ESP32 (targets/esp32/jshardwareI2c.c): each transfer ends with a stop, what nobody acknowledges
 * throws, and a bus that is held down throws after its time is out.
 * @module
 */
import { bytesOf } from "./data.ts";
import type { Machine } from "./machine.ts";
import { outputPin } from "./pins.ts";

/** A chip on the bus. */
export interface I2cDevice {
  /** Throws for what it does not acknowledge. */
  write(bytes: Uint8Array): void;
  read(count: number): Uint8Array;
}

export interface I2cWorld {
  /** The chip at a 7-bit address, if any answers there. */
  device(address: number): I2cDevice | undefined;
  /** Whether something holds the data line down. */
  stuck(): boolean;
}

/** What a call takes beside its bits: an estimate, as the rest of `cpu.ts`. */
const CALL_MS = 0.3;
/** `i2c_master_cmd_begin` waits so long. */
const TIMEOUT_MS = 1000;
const BITS_PER_BYTE = 9;
const OPTIONS = ["sda", "scl", "bitrate"];

/** Members of `I2C1`. */
export function createI2c(machine: Machine, world: I2cWorld): Record<string, (...values: never[]) => unknown> {
  let bitrate = 0;

  /** Lets a transfer of so many bytes pass, and gives the chip that takes part in it. */
  function transfer(caller: string, address: unknown, bytes: number): I2cDevice {
    if (bitrate === 0) throw new Error(`${caller}:, unknown error code 259`);
    if (typeof address !== "number" || !Number.isInteger(address) || address < 0 || address > 127) throw new Error(`${caller}: no address ${String(address)}`);
    if (world.stuck()) {
      machine.cpu.spend(TIMEOUT_MS);
      throw new Error(`${caller}:, Operation timeout because the bus is busy`);
    }
    machine.cpu.spend(CALL_MS + ((bytes + 1) * BITS_PER_BYTE * 1000) / bitrate);
    const device = world.device(address);
    if (device === undefined) throw new Error(`${caller}: slave doesn't ACK the transfer`);
    return device;
  }

  return {
    setup(options: Record<string, unknown>) {
      const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
      if (unknown !== undefined) throw new Error(`Unknown option ${unknown}`);
      outputPin(options["sda"]);
      outputPin(options["scl"]);
      const rate = options["bitrate"] ?? 100000;
      // The driver takes up to 1 MHz.
      if (typeof rate !== "number" || !(rate > 0 && rate <= 1000000)) throw new Error("jshI2CSetup: Invalid arguments");
      bitrate = rate;
    },
    writeTo(address: unknown, ...values: unknown[]) {
      const bytes = Uint8Array.from(values.flatMap((value) => (typeof value === "number" ? [value & 255] : [...bytesOf(value)])));
      if (bytes.length > 0) transfer("jshI2CWrite", address, bytes.length).write(bytes);
    },
    readFrom(address: unknown, count: unknown) {
      if (typeof count !== "number" || !(count > 0)) throw new Error("jshI2CRead: a count is expected");
      return machine.realm.bytes(transfer("jshI2CRead", address, count).read(count));
    },
  };
}
