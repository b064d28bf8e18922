/**
 * The UDP socket under the CoAP server.
 * @module
 */
import { lookup } from "node:dns/promises";
import { openBatchedSocket } from "./batched.ts";
import { canBatch } from "./messages.ts";
import { openPlainSocket } from "./plain.ts";

/** Whom a datagram comes from or goes to. */
export interface Peer {
  /** IPv4 as an integer of 32 bits, its first byte the highest: `0x7f000001` is 127.0.0.1. */
  address: number;
  port: number;
}

export interface DatagramSocket {
  readonly port: number;
  /** Sends a datagram, perhaps together with others: it must not be changed afterwards. Nothing tells whether it arrived; once closed, nothing is sent. */
  send(datagram: Uint8Array, peer: Peer): void;
  /** Hands out no more datagrams; what was sent before goes out. */
  mute(): void;
  /** Resolves when the socket is closed. */
  close(): Promise<void>;
}

export interface DatagramSocketOptions {
  /** IPv4 address to bind, as text. */
  address: string;
  /** 0 for any free port. */
  port: number;
  /** Longest datagram that is worth reading: of a longer one the receiver may get no more than one byte above it. */
  maxBytes: number;
  /** The datagram is the receiver's until it returns; after that its memory takes another one. Must not throw: others wait behind it. */
  onDatagram: (datagram: Buffer, peer: Peer) => void;
  /** Told when a datagram could not be sent, or the system reports an error. */
  onError: (error: Error) => void;
}

export type OpenSocket = (options: DatagramSocketOptions) => Promise<DatagramSocket>;

/**
 * Opens the fastest socket that there is here: one that moves many datagrams by a system call, on Linux, else Node's own.
 * @param host IPv4 address or name to bind. Rejects when it cannot be bound.
 */
export async function openSocket({ host, ...options }: Omit<DatagramSocketOptions, "address"> & { host: string }): Promise<DatagramSocket> {
  const { address } = await lookup(host, 4);
  return (canBatch() ? openBatchedSocket : openPlainSocket)({ ...options, address });
}
