/**
 * Listens to a board's console. It sends nothing: a stray Ctrl-C would take the firmware's intervals away (facts of Espruino's console).
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import { ReadlineParser, SerialPort } from "serialport";
import { explainOpenError } from "./ports.ts";

const BAUD_RATE = 115_200;
const RETRY_MS = 1000;

export interface MonitorOptions {
  port: string;
  onLine: (line: string) => void;
  /** Told when the cable was pulled, and when it is back. */
  onNote: (text: string) => void;
  signal: AbortSignal;
}

async function open(path: string): Promise<SerialPort> {
  // Opening must not reset the board: "hupcl" drops DTR when the port is closed.
  const port = new SerialPort({ path, baudRate: BAUD_RATE, autoOpen: false, hupcl: false });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => {
      if (error) reject(explainOpenError(path, error));
      else resolve();
    });
  });
  return port;
}

/** Prints lines until the port is lost or `signal` ends it. */
async function listen(port: SerialPort, { onLine, signal }: MonitorOptions): Promise<void> {
  const lines = port.pipe(new ReadlineParser({ delimiter: "\n" }));
  lines.on("data", (line: string) => onLine(line.replace(/\r$/, "")));
  port.on("error", () => {
    // "close" follows.
  });
  const end = (): void => {
    if (port.isOpen) port.close();
  };
  signal.addEventListener("abort", end, { once: true });
  await new Promise<void>((resolve) => port.once("close", () => resolve()));
  signal.removeEventListener("abort", end);
}

/**
 * Listens until `signal` ends it, and goes on when the board was unplugged and came back.
 * @throws when the port does not open at first.
 */
export async function monitor(options: MonitorOptions): Promise<void> {
  const { port: path, onNote, signal } = options;
  let port: SerialPort | null = await open(path);
  while (!signal.aborted) {
    if (port !== null) {
      await listen(port, options);
      if (signal.aborted) return;
      onNote(`${path} is gone; waiting for it to come back (Ctrl-C ends).`);
    }
    await sleep(RETRY_MS, undefined, { signal }).catch(() => {
      // The loop's condition ends it.
    });
    port = await open(path).catch(() => null);
    if (port !== null) onNote(`${path} is back.`);
  }
}
