/**
 * A UDP socket of Node's: a system call, several objects and 64 KiB of memory asked for and given back for each datagram.
 * @module
 */
import { createSocket } from "node:dgram";
import type { BindOptions, Socket } from "node:dgram";
import { once } from "node:events";
import { formatIpv4, parseIpv4 } from "./ipv4.ts";
import type { DatagramSocket, DatagramSocketOptions } from "./socket.ts";

/** A burst of all boards at once after a power cut; the system may grant less. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** Addresses are numbers already; Node would look them up in a turn of its own for each datagram. */
function asNumber(address: string, _options: unknown, found: (error: null, address: string, family: 4) => void): void {
  found(null, address, 4);
}

/** Binds one of Node's sockets. Rejects when that fails. */
export async function bindSocket(options: BindOptions): Promise<Socket> {
  const socket = createSocket({ type: "udp4", lookup: asNumber });
  try {
    // Asked for before: without a look-up the socket may listen when `bind` returns.
    const listening = once(socket, "listening");
    socket.bind(options);
    await listening;
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** What every socket does with one of Node's. */
export function onSocket(socket: Socket, { onDatagram, onError }: Pick<DatagramSocketOptions, "onDatagram" | "onError">): DatagramSocket {
  const onSent = (error: Error | null): void => {
    if (error !== null) onError(error);
  };
  let isOpen = true;
  socket.on("error", onError);
  socket.on("message", (datagram, { address, port }) => onDatagram(datagram, { address: parseIpv4(address), port }));
  return {
    port: socket.address().port,
    send(datagram, { address, port }) {
      if (isOpen) socket.send(datagram, port, formatIpv4(address), onSent);
    },
    mute: () => void socket.removeAllListeners("message"),
    close() {
      isOpen = false;
      return new Promise((resolve) => {
        socket.close(resolve);
      });
    },
  };
}

/** Opens a socket of Node's. Rejects when the address cannot be bound. */
export async function openPlainSocket({ address, port, ...handlers }: DatagramSocketOptions): Promise<DatagramSocket> {
  return onSocket(await bindSocket({ address, port }), handlers);
}
