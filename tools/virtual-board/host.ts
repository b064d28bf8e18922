/**
 * What a board's process hosts, and the fake as one such host.
 * @module
 */
import { readFileSync } from "node:fs";
import { createVirtualBoard } from "./board.ts";
import { openFlashFile, openStorageFolder } from "./files.ts";
import type { BoardOptions, FromBoard } from "./messages.ts";
import { createUdpNetwork } from "./network/udp.ts";
import { createScheduler, runInRealTime } from "./scheduler.ts";

export interface Host {
  setVolts(volts: Record<string, number>): void;
  setWifi(up: boolean): void;
  /** Takes the power away for a moment. */
  cutPower(): void;
  /** Switches the power off and lets go of everything. */
  stop(): void;
}

export type Send = (message: FromBoard) => void;

/** The fake in real time. Throws when the bundle or the board's folder cannot be used. */
export function hostFake({ dir, bundlePath, clock, seed }: BoardOptions, send: Send, onError: (error: Error) => void): Host {
  if (!(clock.speed > 0)) throw new Error(`A board cannot run at speed ${clock.speed}`);
  const scheduler = createScheduler();
  const flash = openFlashFile(dir);
  let volts: Record<string, number> = {};
  const board = createVirtualBoard({
    code: readFileSync(bundlePath, "utf8"),
    scheduler,
    network: createUdpNetwork(onError),
    storage: openStorageFolder(dir),
    flash,
    volts: (pin) => volts[pin] ?? 0,
    seed,
    onPin: (pin, value) => send({ type: "pin", pin, value }),
    onConsole: (line) => send({ type: "console", line }),
    onReboot: (reason) => send({ type: "reboot", reason }),
  });
  const stopTime = runInRealTime(scheduler, clock.speed);
  return {
    setVolts(next) {
      volts = next;
      board.start();
    },
    setWifi: (up) => board.setWifi(up),
    cutPower() {
      board.stop();
      board.start();
    },
    stop() {
      stopTime();
      board.stop();
      flash.close();
    },
  };
}
