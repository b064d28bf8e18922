/**
 * A board without hardware: runs the firmware bundle unchanged in a strict fake of Espruino on an ESP32. Time, network, analog voltages
 * and memory are passed in, so that a test runs it in virtual time and a process in real time.
 * @module
 */
import { createAdc } from "./fake/adc.ts";
import type { AdcOptions } from "./fake/adc.ts";
import { createCpu } from "./fake/cpu.ts";
import type { FlashMemory } from "./fake/flash.ts";
import type { I2cWorld } from "./fake/i2c.ts";
import { createFirmwareRun } from "./fake/firmware.ts";
import type { FirmwareRun } from "./fake/firmware.ts";
import { createPins } from "./fake/pins.ts";
import type { Level } from "./fake/pins.ts";
import type { StorageMemory } from "./fake/storage.ts";
import type { RebootReason } from "./messages.ts";
import type { Network } from "./network/network.ts";
import type { Cancel, Scheduler } from "./scheduler.ts";

export interface VirtualBoardOptions {
  /** The bundle, a classic script. */
  code: string;
  scheduler: Scheduler;
  network: Network;
  storage: StorageMemory;
  flash: FlashMemory;
  /** True voltage at an ADC pin (`D34`), in V, so many ms after the last reset, the work in hand counted in. */
  volts(pin: string, atMs: number): number;
  /** Chips on the bus of `I2C1`; none by default. */
  i2c?: I2cWorld;
  /** Makes this part's converter differ from others, and its noise. */
  seed: number;
  adc?: Partial<AdcOptions>;
  onPin?(pin: string, value: Level): void;
  onConsole?(line: string): void;
  onReboot?(reason: RebootReason): void;
}

export interface VirtualBoard {
  /** Switches the power on. Nothing happens when it is on. */
  start(): void;
  /** Switches the power off, in the middle of whatever the board does. */
  stop(): void;
  isOn(): boolean;
  level(pin: string): Level;
  setWifi(accessPointUp: boolean): void;
  /** Holds the button at a pin down, or lets it go. */
  press(pin: string, isDown: boolean): void;
  /** Lets the board's wall clock jump, as SNTP or a gateway's time does. */
  setTime(seconds: number): void;
  exhaustMemory(): void;
  /** The power fails after so many more bytes are programmed or erased in flash; {@link VirtualBoard.start} brings it back. */
  cutPowerAfter(flashBytes: number): void;
}

/** From reset until Espruino runs its boot code. Order of magnitude. */
const BOOT_MS = 400;

export function createVirtualBoard(options: VirtualBoardOptions): VirtualBoard {
  const { scheduler } = options;
  const adc = createAdc(options.seed, options.adc);
  let run: FirmwareRun | undefined;
  let boot: Cancel | undefined;
  let accessPointUp = true;
  /** The clock goes on over a restart (it is the RTC's) and starts at 0 with the power. */
  let powerOnMs = 0;
  let clockAheadS = 0;
  let cpu = createCpu(scheduler);
  const pressed = new Set<string>();
  const pins = createPins(adc, {
    isPressed: (pin) => pressed.has(pin),
    volts: (pin) => options.volts(pin, cpu.nowMs()),
    onLevel: (pin, value) => options.onPin?.(pin, value),
    spend: (ms) => cpu.spend(ms),
  });

  const isOn = (): boolean => boot !== undefined;
  const bootedMs = (): number => scheduler.nowMs() - powerOnMs;

  function reset(): void {
    cpu = createCpu(scheduler);
    const startedMs = bootedMs();
    pins.reset();
    boot = scheduler.after(BOOT_MS, () => {
      pins.booted();
      const own = cpu;
      const now = (): number => (startedMs + own.nowMs()) / 1000;
      run = createFirmwareRun({
        cpu,
        pins,
        network: options.network,
        i2c: options.i2c ?? { device: () => undefined, stuck: () => false },
        storage: options.storage,
        flash: options.flash,
        accessPointUp,
        getTime: () => now() + clockAheadS,
        setTime: (seconds) => {
          clockAheadS = seconds - now();
        },
        print: (line) => options.onConsole?.(line),
        restart(reason) {
          options.onReboot?.(reason);
          reset();
        },
        powerCut: stop,
      });
      run.start(options.code);
    });
  }

  function start(): void {
    if (isOn()) return;
    powerOnMs = scheduler.nowMs();
    clockAheadS = 0;
    reset();
  }

  function stop(): void {
    boot?.();
    boot = undefined;
    run?.halt();
    run = undefined;
    pins.off();
  }

  return {
    start,
    stop,
    isOn,
    level: (pin) => pins.level(pin),
    press(pin, isDown) {
      if (isDown) pressed.add(pin);
      else pressed.delete(pin);
    },
    setWifi(up) {
      accessPointUp = up;
      run?.setAccessPoint(up);
    },
    setTime(seconds) {
      clockAheadS = seconds - bootedMs() / 1000;
    },
    exhaustMemory: () => run?.exhaustMemory(),
    cutPowerAfter: (bytes) => run?.cutPowerAfter(bytes),
  };
}
