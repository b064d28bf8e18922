/**
 * Datagrams, as a board's sockets need them. A real network and an in-memory one offer the same.
 * @module
 */

export interface Sender {
  address: string;
  port: number;
}

export interface DatagramSocket {
  /** Sends one datagram; it may get lost, as any may. */
  send(data: Uint8Array, port: number, address: string): void;
  close(): void;
}

export interface Network {
  /** Opens a socket on any free port (0) or a given one. Throws when it is taken. */
  open(port: number, onMessage: (data: Uint8Array, sender: Sender) => void): DatagramSocket;
}
