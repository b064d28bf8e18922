/**
 * A time server (SNTP) on the loopback interface whose answers a test makes.
 * @module
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";

/** Seconds since 1900 and their fraction, by the letter of RFC 4330 section 3; not by the code under test. */
export function ntp(utcMs: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(((BigInt(Math.round(utcMs)) + 2_208_988_800_000n) << 32n) / 1000n % 2n ** 64n);
  return bytes;
}

/** A time server whose clock differs from ours. */
export async function withTimeServer(edit: (answer: Buffer, request: Buffer) => Buffer | null, use: (port: number) => Promise<void>): Promise<void> {
  const server = createSocket("udp4");
  server.on("message", (request, from) => {
    const answer = Buffer.alloc(48);
    // Leap 0, version 4, mode 4 (server); stratum 2.
    answer[0] = 0x24;
    answer[1] = 2;
    request.copy(answer, 24, 40, 48);
    const edited = edit(answer, request);
    if (edited !== null) server.send(edited, from.port, from.address);
  });
  server.bind(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await use(server.address().port);
  } finally {
    server.close();
  }
}
