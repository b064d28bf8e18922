/**
 * A serial port in the shape of the Web Serial API, which is what esptool-js talks to.
 * @module
 */
import { Duplex } from "node:stream";
import type { ReadableStream, WritableStream } from "node:stream/web";
import { SerialPort } from "serialport";
import { explainOpenError } from "./ports.ts";

/** The part of a Web Serial `SerialPort` that esptool-js uses. */
export interface WebSerialPort {
  readonly readable: ReadableStream<Uint8Array> | null;
  readonly writable: WritableStream<Uint8Array> | null;
  open(options: { baudRate: number }): Promise<void>;
  close(): Promise<void>;
  setBaudRate(baudRate: number): Promise<void>;
  setSignals(signals: { dataTerminalReady?: boolean; requestToSend?: boolean }): Promise<void>;
  getInfo(): { usbVendorId?: number; usbProductId?: number };
}

function settled(run: (done: (error: Error | null | undefined) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    run((error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/**
 * @param path such as `/dev/ttyUSB0`.
 * @param onLost called once when the port goes away while it is open.
 * @param onNoSignals called once when the port has no modem lines, so that only a person can put the board into download mode.
 */
export function createWebSerialPort(path: string, { onLost, onNoSignals }: { onLost: () => void; onNoSignals: () => void }): WebSerialPort {
  let port: SerialPort | null = null;
  let streams: ReturnType<typeof Duplex.toWeb> | null = null;
  let closing = false;
  let hasSignals = true;
  return {
    get readable() {
      // Node's own types of web streams are those of `node:stream/web`, whose chunks are any.
      return (streams?.readable as ReadableStream<Uint8Array> | undefined) ?? null;
    },
    get writable() {
      return streams?.writable ?? null;
    },
    async open({ baudRate }) {
      const opened = new SerialPort({ path, baudRate, autoOpen: false });
      try {
        await settled((done) => opened.open(done));
      } catch (error) {
        throw explainOpenError(path, error instanceof Error ? error : new Error(String(error)));
      }
      closing = false;
      opened.on("close", () => {
        if (!closing) onLost();
      });
      opened.on("error", () => {
        // The stream's reader sees it; without a listener it would end the process.
      });
      port = opened;
      streams = Duplex.toWeb(opened);
    },
    async close() {
      closing = true;
      const opened = port;
      port = null;
      streams = null;
      if (opened?.isOpen) await settled((done) => opened.close(done));
    },
    async setBaudRate(baudRate) {
      await settled((done) => port?.update({ baudRate }, done));
    },
    async setSignals({ dataTerminalReady, requestToSend }) {
      if (!hasSignals) return;
      try {
        await settled((done) =>
          port?.set({ ...(dataTerminalReady !== undefined && { dtr: dataTerminalReady }), ...(requestToSend !== undefined && { rts: requestToSend }) }, done),
        );
      } catch {
        // A bridge over a network, or a pseudo-terminal, has no modem lines (ENOTTY).
        hasSignals = false;
        onNoSignals();
      }
    },
    getInfo: () => ({}),
  };
}
