/**
 * A stranger: sends forged frames, as fast as one process can, to a gateway. They have the right form and an admitted board's id, so that
 * each costs the gateway a MAC.
 *
 * usage: flood.ts PORT COUNT
 * @module
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createBoard } from "./boards.ts";

const FORGED_MESSAGES = 64;
const BURST = 20;

const [port = NaN, count = NaN] = process.argv.slice(2).map(Number);
const forged = Array.from({ length: FORGED_MESSAGES }, (_, index) => {
  const datagram = createBoard(index).datagram(1_000_000);
  const last = datagram.length - 1;
  datagram[last] = (datagram[last] ?? 0) ^ 1;
  return datagram;
});
const socket = createSocket("udp4");
const connected = once(socket, "connect");
socket.connect(port, "127.0.0.1");
await connected;
for (let sent = 0; sent < count; sent += BURST) {
  for (let i = 0; i < BURST; i++) socket.send(forged[(sent + i) % FORGED_MESSAGES] ?? new Uint8Array(0));
  await new Promise((resume) => setImmediate(resume));
}
socket.close();
process.disconnect();
