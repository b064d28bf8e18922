/**
 * Runs the bundle in a real Espruino interpreter, a Linux build, in place of the fake. Pins, converter, raw flash, Wi-Fi and watchdog,
 * which such a build lacks, are `boot0.js`; all else is the interpreter's own.
 * @module
 */
import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Readable, Writable } from "node:stream";
import { createInterface } from "node:readline";
import { ADC_DEFAULTS, createAdc } from "../fake/adc.ts";
import { openFlashFile, openStorageFolder } from "../files.ts";
import type { Host, Send } from "../host.ts";
import type { BoardOptions } from "../messages.ts";
import { openBridge } from "./bridge.ts";
import type { BoardReport } from "./bridge.ts";
import { writeStorage } from "./storage.ts";

const BOOT0 = new URL("boot0.js", import.meta.url);
/** From a restart until the interpreter runs again, as a board's ROM takes. */
const BOOT_MS = 400;
const WATCH_INTERVAL_MS = 200;
/** Terminal control that the interpreter's console writes around its lines. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /\u001b\[[0-9;]*[A-Za-z]|[\r\b]/g;
/** The banner and the prompt of the console. */
const BANNER = /^(Interactive mode|Size of JsVar|Added SIG|espruino:|>)/;

function storageFiles({ dir, bundlePath }: BoardOptions, port: number): Map<string, Uint8Array> {
  const storage = openStorageFolder(dir);
  const host = `const HOST = { port: ${port}, noiseLsb: ${ADC_DEFAULTS.noiseLsb} };\n`;
  const files = new Map<string, Uint8Array>([
    [".boot0", Buffer.concat([Buffer.from(host), readFileSync(BOOT0)])],
    [".bootcde", readFileSync(bundlePath)],
  ]);
  for (const name of storage.list()) files.set(name, storage.read(name) ?? new Uint8Array());
  return files;
}

/** Throws when the speed is not 1, or the interpreter or the board's folder cannot be used. */
export async function hostInterpreter(binary: string, options: BoardOptions, send: Send, onError: (error: Error) => void): Promise<Host> {
  if (options.clock.speed !== 1) {
    throw new Error(`A real interpreter keeps real time: run at speed 1 instead of ${options.clock.speed}, or unset ESPRUINO`);
  }
  // Made, and its size checked, as the fake does.
  openFlashFile(options.dir).close();
  const adc = createAdc(options.seed);
  const levels = new Map<string, 0 | 1>();
  let interpreter: ChildProcessByStdio<Writable, Readable, null> | undefined;
  let restart: NodeJS.Timeout | undefined;
  let trippedAtMs = Infinity;
  let on = false;

  function setLevels(next: Record<string, 0 | 1>): void {
    for (const [pin, value] of Object.entries(next)) {
      if ((levels.get(pin) ?? 0) === value) continue;
      levels.set(pin, value);
      send({ type: "pin", pin, value });
    }
  }

  function onReport({ levels: reported, watchdogMs, kickedMsAgo }: BoardReport): void {
    setLevels(reported);
    trippedAtMs = watchdogMs === 0 ? Infinity : performance.now() + watchdogMs - kickedMsAgo;
  }

  const bridge = await openBridge(onReport);
  await writeStorage(resolve(binary), options.dir, storageFiles(options, bridge.port));

  function powerOn(): void {
    // An end of its standard input would flood the interpreter, so the pipe stays open and silent.
    const child = spawn(resolve(binary), [], { cwd: options.dir, stdio: ["pipe", "pipe", "ignore"] });
    interpreter = child;
    child.on("error", onError);
    createInterface({ input: child.stdout }).on("line", (line) => {
      const text = line.replaceAll(CONTROL, "");
      if (text !== "" && !BANNER.test(text)) send({ type: "console", line: text });
    });
    child.on("exit", (code) => {
      if (interpreter !== child) return;
      interpreter = undefined;
      powerLost();
      if (!on) return;
      // `quit` ends it with 0; nothing else does, so a crash restarts too, as a watchdog would.
      send({ type: "reboot", reason: code === 0 ? "software" : "watchdog" });
      restart = setTimeout(powerOn, BOOT_MS);
    });
  }

  function powerLost(): void {
    trippedAtMs = Infinity;
    bridge.forget();
    setLevels(Object.fromEntries([...levels.keys()].map((pin) => [pin, 0])));
  }

  const watching = setInterval(() => {
    if (performance.now() > trippedAtMs) interpreter?.kill("SIGKILL");
  }, WATCH_INTERVAL_MS);

  return {
    setVolts(volts) {
      bridge.setCodes(Object.fromEntries(Object.entries(volts).map(([pin, value]) => [pin, adc.curve(value)])));
      if (!on) powerOn();
      on = true;
    },
    setWifi: (up) => bridge.setAccessPoint(up),
    // It is started again as after any other end.
    cutPower: () => void interpreter?.kill("SIGKILL"),
    stop() {
      on = false;
      clearInterval(watching);
      clearTimeout(restart);
      // It knows no other end; flash and Storage are on disk at every moment.
      interpreter?.kill("SIGKILL");
      powerLost();
      bridge.close();
    },
  };
}
