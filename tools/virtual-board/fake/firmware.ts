/**
 * One run of the firmware, from reset to the loss of power: the devices around a fresh realm, with the globals that a board has.
 * @module
 */
import type { Network } from "../network/network.ts";
import { createRandom } from "../random.ts";
import { COST_MS } from "./cpu.ts";
import type { Cpu } from "./cpu.ts";
import { createCryptoLibrary } from "./crypto.ts";
import { createDgram } from "./dgram.ts";
import { createEspruino } from "./espruino.ts";
import { createFlash } from "./flash.ts";
import type { FlashMemory } from "./flash.ts";
import { createI2c } from "./i2c.ts";
import type { I2cWorld } from "./i2c.ts";
import { createMachine } from "./machine.ts";
import type { Pins } from "./pins.ts";
import { createRealm, PowerLost } from "./realm.ts";
import { createStorageLibrary } from "./storage.ts";
import type { StorageMemory } from "./storage.ts";
import { createTimers } from "./timers.ts";
import { createWifi } from "./wifi.ts";

export interface FirmwareOptions {
  cpu: Cpu;
  pins: Pins;
  network: Network;
  i2c: I2cWorld;
  storage: StorageMemory;
  flash: FlashMemory;
  accessPointUp: boolean;
  /** Seconds since 1970 by the board's own clock. */
  getTime(): number;
  setTime(seconds: number): void;
  print: (line: string) => void;
  restart(reason: "watchdog" | "software"): void;
  /** The flash's power cut was met. */
  powerCut(): void;
}

export interface FirmwareRun {
  /** Runs the bundle as `.bootcde`. */
  start(code: string): void;
  /** Ends the run: timers, sockets and everything that waits are dropped. */
  halt(): void;
  setAccessPoint(up: boolean): void;
  /** What "OUT OF MEMORY" does: every timer is removed, and the flags are raised. */
  exhaustMemory(): void;
  cutPowerAfter(flashBytes: number): void;
}

/**
 * JsVars cannot be counted from outside of an interpreter: these are the figures of an idle ESP32 (about 5000 variables), always the same.
 * The build's size report counts them in a real one.
 */
const MEMORY = { free: 3500, usage: 1500, total: 5000, history: 0, blocksize: 14 };
const ENVIRONMENT = { VERSION: "2v29", BOARD: "ESP32", FLASH: 4194304, RAM: 524288, CONSOLE: "Serial1" };
/** Real time after which a bundle that does not end its first run is a dead loop. */
const START_TIMEOUT_MS = 10000;
/** The interpreter's `Math.random` starts alike at each boot. */
const RANDOM_SEED = 2;

export function createFirmwareRun(options: FirmwareOptions): FirmwareRun {
  const { cpu, pins, print } = options;
  const realm = createRealm();
  const machine = createMachine(cpu, realm, print);
  const timers = createTimers(machine);
  const wifi = createWifi(machine, options.accessPointUp);
  const dgram = createDgram(machine, options.network, () => wifi.isOnline());

  function halt(): void {
    realm.kill();
    cpu.halt();
    dgram.closeAll();
  }

  const flash = createFlash(cpu, realm, options.flash, () => {
    halt();
    options.powerCut();
    throw new PowerLost("The power failed");
  });
  const espruino = createEspruino(machine, (reason) => {
    halt();
    options.restart(reason);
    if (reason === "software") throw new PowerLost("The board restarts");
  });

  const libraries: Readonly<Record<string, object>> = {
    Storage: realm.object(createStorageLibrary(realm, options.storage, options.flash)),
    Flash: realm.object(flash.library),
    crypto: realm.object(createCryptoLibrary(realm)),
    dgram: realm.object(dgram.library),
    Wifi: realm.object(wifi.library),
    TelnetServer: realm.object({ setOptions: () => undefined }),
  };
  const random = createRandom(RANDOM_SEED);
  const log = (...values: unknown[]): void => print(values.map(String).join(" "));
  const globals: Record<string, unknown> = {
    ...pins.globals,
    ...timers.globals,
    getTime() {
      cpu.spend(COST_MS.getTime);
      return options.getTime();
    },
    setTime: (seconds: number) => options.setTime(seconds),
    print: log,
    require(name: unknown) {
      const library = typeof name === "string" && Object.hasOwn(libraries, name) ? libraries[name] : undefined;
      if (library === undefined) throw new Error('Module "' + String(name) + '" not found');
      return library;
    },
    console: realm.object({ log }),
    process: realm.object({ memory: () => realm.json(MEMORY), env: realm.json(ENVIRONMENT) }),
    E: realm.object(espruino.members),
    I2C1: realm.object(createI2c(machine, options.i2c)),
    ESP32: realm.object({
      setAtten(pin: unknown, attenuation: unknown) {
        print("Atten:" + String(attenuation));
        pins.setAttenuation(pin, attenuation);
      },
    }),
  };
  // A realm's object copies functions as natives of the realm.
  for (const [name, value] of Object.entries(realm.object(globals))) realm.define(name, value);
  realm.define(
    "seededRandom",
    realm.native(() => random()),
  );
  realm.run("Math.random = seededRandom; delete globalThis.seededRandom;", "random");

  return {
    start(code) {
      machine.call(() => realm.run(code, ".bootcde", START_TIMEOUT_MS), []);
    },
    halt,
    setAccessPoint: (up) => wifi.setAccessPoint(up),
    exhaustMemory() {
      timers.clear();
      print("OUT OF MEMORY");
      espruino.raise(["LOW_MEMORY", "MEMORY"]);
    },
    cutPowerAfter: (bytes) => flash.cutPowerAfter(bytes),
  };
}
