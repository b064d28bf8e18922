/**
 * The host's end of the loopback link to `boot0.js`: ADC codes and the access point go in, levels and the watchdog come out.
 * @module
 */
import { createSocket } from "node:dgram";
import type { RemoteInfo } from "node:dgram";
import { once } from "node:events";

/** What `boot0.js` sends, ten times a second and at each change. */
export interface BoardReport {
  levels: Record<string, 0 | 1>;
  /** 0 while the watchdog is off. */
  watchdogMs: number;
  kickedMsAgo: number;
}

export interface Bridge {
  readonly port: number;
  setCodes(codes: Record<string, number>): void;
  setAccessPoint(up: boolean): void;
  /** The interpreter was ended: reports are taken from the next one. */
  forget(): void;
  close(): void;
}

function isLevels(value: unknown): value is BoardReport["levels"] {
  return typeof value === "object" && value !== null && Object.values(value).every((level) => level === 0 || level === 1);
}

function parseReport(data: Buffer): BoardReport | undefined {
  try {
    const report: unknown = JSON.parse(data.toString("latin1"));
    if (typeof report !== "object" || report === null) return undefined;
    const { levels, watchdogMs, kickedMsAgo } = report as Partial<Record<keyof BoardReport, unknown>>;
    if (!isLevels(levels) || typeof watchdogMs !== "number" || typeof kickedMsAgo !== "number") return undefined;
    return { levels, watchdogMs, kickedMsAgo };
  } catch {
    return undefined;
  }
}

export async function openBridge(onReport: (report: BoardReport) => void): Promise<Bridge> {
  const socket = createSocket("udp4");
  let peer: RemoteInfo | undefined;
  let codes: Record<string, number> = {};
  let accessPoint = true;

  function sendTo(to: RemoteInfo | undefined): void {
    if (to !== undefined) socket.send(JSON.stringify({ codes, accessPoint }), to.port, to.address);
  }

  socket.on("message", (data, sender) => {
    const report = parseReport(data);
    if (report === undefined || (peer !== undefined && peer.port !== sender.port)) return;
    if (peer === undefined) sendTo(sender);
    peer = sender;
    onReport(report);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    port: socket.address().port,
    setCodes(next) {
      codes = next;
      sendTo(peer);
    },
    setAccessPoint(up) {
      accessPoint = up;
      sendTo(peer);
    },
    forget() {
      peer = undefined;
    },
    close: () => socket.close(),
  };
}
