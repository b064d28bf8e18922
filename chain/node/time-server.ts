/**
 * How far this machine's clock is from a time server's: SNTP (RFC 4330), one question.
 * @module
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";

const PACKET_BYTES = 48;
/** Version 4, mode 3 (client); RFC 4330 section 4. */
const CLIENT_HEADER = 0x23;
const SERVER_MODE = 4;
/** From 1900, NTP's beginning, to 1970, s. */
const NTP_OFFSET_SECONDS = 2_208_988_800;
const RECEIVE_AT = 32;
const TRANSMIT_AT = 40;

export interface TimeServer {
  host: string;
  port?: number;
}

/** The host and port in a description's `timeServer`: a name or IPv4 address, an IPv6 address as it is or, before a port, in brackets. */
export function timeServerAt(text: string): TimeServer {
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  // What matches neither is an IPv6 address, with colons of its own.
  return { host: bracketed ?? plain ?? text, ...(port !== undefined && { port: Number(port) }) };
}

/**
 * Asks a time server.
 * @returns ms by which this machine's clock is ahead of the server's; negative when behind
 * @throws Error when it does not answer in time, or says that it knows no time itself
 */
export async function measureClockAheadMs({ host, port = 123 }: TimeServer, nowMs: () => number = Date.now, timeoutMs = 3_000): Promise<number> {
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  const giveUp = AbortSignal.timeout(timeoutMs);
  try {
    // Connected: answers from elsewhere do not reach us.
    socket.connect(port, host);
    await once(socket, "connect", { signal: giveUp });
    const request = Buffer.alloc(PACKET_BYTES);
    request[0] = CLIENT_HEADER;
    const sentMs = nowMs();
    writeTimestamp(request, TRANSMIT_AT, sentMs);
    const [answer] = await Promise.all([once(socket, "message", { signal: giveUp }), new Promise<void>((resolve, reject) => socket.send(request, (error) => (error ? reject(error) : resolve())))]);
    const receivedMs = nowMs();
    // The cast: a datagram is a Buffer.
    return -serverAheadMs(answer[0] as Buffer, request, sentMs, receivedMs);
  } catch (cause) {
    throw new Error(`the time server ${host} does not tell the time; name another one as timeServer in chain.json, or remove it there`, { cause });
  } finally {
    socket.close();
  }
}

/** RFC 4330 section 5: half the sum of both ways' differences. */
function serverAheadMs(answer: Buffer, request: Buffer, sentMs: number, receivedMs: number): number {
  const stratum = answer[1] ?? 0;
  if (answer.length < PACKET_BYTES || ((answer[0] ?? 0) & 0x07) !== SERVER_MODE) throw new Error("it answered something else");
  // The server gives our own time of sending back: an answer to another question, or a forged one, has another.
  if (!answer.subarray(24, 32).equals(request.subarray(TRANSMIT_AT, TRANSMIT_AT + 8))) throw new Error("it answered another question");
  if (stratum === 0 || stratum > 15) throw new Error("it is not synchronised itself");
  return (readTimestamp(answer, RECEIVE_AT) - sentMs + (readTimestamp(answer, TRANSMIT_AT) - receivedMs)) / 2;
}

/** Seconds since 1900 modulo 2^32 (the era that ends in 2036 and the one after), and 2^-32ths. */
function writeTimestamp(packet: Buffer, at: number, utcMs: number): void {
  const seconds = Math.floor(utcMs / 1000);
  packet.writeUInt32BE((seconds + NTP_OFFSET_SECONDS) % 2 ** 32, at);
  packet.writeUInt32BE(Math.floor(((utcMs - seconds * 1000) / 1000) * 2 ** 32), at + 4);
}

function readTimestamp(packet: Buffer, at: number): number {
  const seconds = packet.readUInt32BE(at);
  // RFC 4330 section 3: without the top bit it is the era after 2036.
  const era = seconds < 2 ** 31 ? 2 ** 32 : 0;
  return (seconds + era - NTP_OFFSET_SECONDS + packet.readUInt32BE(at + 4) / 2 ** 32) * 1000;
}
