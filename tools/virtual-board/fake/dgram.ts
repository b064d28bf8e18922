/**
 * `require("dgram")`: UDP sockets with the interpreter's ways (libs/network/socketserver.c):
 * - what is sent is made text first, so a typed array goes out as "1,2,255", and with an offset as nothing at all;
 * - at most 528 bytes of a datagram arrive (chunk size 536 less an 8-byte header);
 * - an empty datagram, from anyone, closes the socket (a bound one only mostly: it is polled in two places, and one of them survives).
 * @module
 */
import type { DatagramSocket, Network, Sender } from "../network/network.ts";
import { asText, bytesOfText, textOfBytes } from "./data.ts";
import { createEmitter } from "./machine.ts";
import type { Machine } from "./machine.ts";
import type { Callback } from "./realm.ts";

const MAX_RECEIVED_BYTES = 528;

export interface Dgram {
  library: Record<string, (...values: never[]) => unknown>;
  closeAll(): void;
}

/** @param isOnline whether the radio carries datagrams; what is sent or comes in meanwhile is lost. */
export function createDgram(machine: Machine, network: Network, isOnline: () => boolean): Dgram {
  const open = new Set<DatagramSocket>();

  function createSocket(type: unknown, callback?: unknown): object {
    if (type !== "udp4") throw new Error("dgram: udp4 is all there is");
    if (callback !== undefined) throw new Error("dgram: the callback of createSocket comes after the first send only; use on");
    const events = createEmitter(machine, ["message", "close", "error"]);
    let socket: DatagramSocket | undefined;
    let closed = false;

    function close(): void {
      if (closed) return;
      closed = true;
      if (socket !== undefined) open.delete(socket);
      socket?.close();
      events.emit("close", false);
    }

    function receive(data: Uint8Array, sender: Sender): void {
      if (closed || !isOnline()) return;
      if (data.length === 0) {
        close();
        return;
      }
      const seen = data.subarray(0, MAX_RECEIVED_BYTES);
      events.emit("message", textOfBytes(seen), machine.realm.json({ ...sender, size: seen.length }));
    }

    function connect(port: number): DatagramSocket {
      if (closed) throw new Error("This socket is closed");
      if (socket === undefined) {
        socket = network.open(port, receive);
        open.add(socket);
      }
      return socket;
    }

    /** `send(data, port, address)` or `send(text, offset, length, port, address)`. */
    function send(data: unknown, first: unknown, second: unknown, port?: unknown, address?: unknown): void {
      const part = typeof port === "number";
      const text = !part ? asText(data) : typeof data === "string" ? data.substr(Number(first), Number(second)) : "";
      const [toPort, toAddress] = part ? [port, address] : [first, second];
      if (typeof toPort !== "number" || typeof toAddress !== "string") throw new Error("dgram: a port and an address are expected");
      if (!/^\d+\.\d+\.\d+\.\d+$/.test(toAddress)) throw new Error("dgram: a look-up of " + toAddress + " would block the board");
      const from = connect(0);
      // From the idle loop, as the interpreter does.
      machine.cpu.after(0, () => {
        if (isOnline()) from.send(bytesOfText(text), toPort, toAddress);
      });
    }

    const self = machine.realm.object({
      on: (event: unknown, listener: unknown) => events.on(event, listener),
      bind(port: number, listener?: Callback) {
        connect(port);
        if (listener !== undefined) machine.queue(listener, [self]);
        return self;
      },
      send,
      close,
    });
    return self;
  }

  return {
    library: { createSocket },
    closeAll() {
      for (const socket of open) socket.close();
      open.clear();
    },
  };
}
