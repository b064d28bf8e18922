/**
 * Linux's recvmmsg(2) and sendmmsg(2): many datagrams by one system call. The structures that they share with the system lie in memory that
 * is laid out once; JavaScript touches lengths and addresses only. Node has neither of them (nodejs/node#59126).
 * @module
 */
import { createRequire } from "node:module";
import { endianness } from "node:os";
import { getSystemErrorName } from "node:util";
import type * as Koffi from "koffi";
import { parseIpv4 } from "./ipv4.ts";
import type { Peer } from "./socket.ts";

// Linux's numbers, the same on all computers that Node runs on but MIPS.
const AF_INET = 2;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
/** struct sockaddr_in (ip(7)): family, port and address in network order, padding. */
const ADDRESS_BYTES = 16;
const PORT_AT = 2;
const IPV4_AT = 4;

/** An array of structures, as bytes. */
type Memory = Uint8Array | null;

interface System {
  koffi: typeof Koffi;
  socket: Koffi.KoffiFunc<(domain: number, type: number, protocol: number) => number>;
  bind: Koffi.KoffiFunc<(fd: number, address: Memory, bytes: number) => number>;
  close: Koffi.KoffiFunc<(fd: number) => number>;
  recvmmsg: Koffi.KoffiFunc<(fd: number, headers: Memory, count: number, flags: number, timeout: Memory) => number>;
  sendmmsg: Koffi.KoffiFunc<(fd: number, headers: Memory, count: number, flags: number) => number>;
}

function declare(koffi: typeof Koffi, libc: Koffi.LibraryHandle): System {
  // koffi types a function by what stands in its declaration only at run time.
  return {
    koffi,
    socket: libc.func("int socket(int domain, int type, int protocol)") as System["socket"],
    bind: libc.func("int bind(int fd, void *address, unsigned int bytes)") as System["bind"],
    close: libc.func("int close(int fd)") as System["close"],
    recvmmsg: libc.func("int recvmmsg(int fd, void *headers, unsigned int count, int flags, void *timeout)") as System["recvmmsg"],
    sendmmsg: libc.func("int sendmmsg(int fd, void *headers, unsigned int count, int flags)") as System["sendmmsg"],
  };
}

function loadSystem(): System | null {
  if (process.platform !== "linux" || endianness() !== "LE") return null;
  try {
    // Not on every computer: without it, Node's own sockets do.
    const koffi = createRequire(import.meta.url)("koffi") as typeof Koffi;
    return declare(koffi, koffi.load(null));
  } catch {
    return null;
  }
}

let loaded: System | null | undefined;

/** Whether datagrams can be moved together on this computer. */
export function canBatch(): boolean {
  if (loaded === undefined) loaded = loadSystem();
  return loaded !== null;
}

function system(): System {
  if (!canBatch() || !loaded) throw new Error("udp: this computer moves datagrams one by one");
  return loaded;
}

function failed(call: string): Error {
  const code = getSystemErrorName(-system().koffi.errno());
  return Object.assign(new Error(`${call} ${code}`), { code });
}

/** Opens and binds a socket; gives its file descriptor. Throws when the address is taken or not this computer's. */
export function bindDescriptor(address: string, port: number): number {
  const { socket, bind, close } = system();
  const name = Buffer.alloc(ADDRESS_BYTES);
  name.writeUInt16LE(AF_INET);
  name.writeUInt16BE(port, PORT_AT);
  name.writeUInt32BE(parseIpv4(address), IPV4_AT);
  const fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) throw failed("socket");
  if (bind(fd, name, name.length) === 0) return fd;
  const error = failed("bind");
  close(fd);
  throw error;
}

/** So many messages, each of so many bytes at most, in the system's form. */
export interface Messages {
  /** Receives what is there, at most all; 0 when nothing is. */
  receive(fd: number): number;
  /** Sends messages `from` up to `end`; tells how many the system took, 0 where it refuses the first. */
  send(fd: number, from: number, end: number): number;
  /** A received message's bytes, as they are until the next call. */
  received(at: number): Buffer;
  /** Puts a message where {@link send} takes it from; `toSend` gives it back. */
  set(at: number, datagram: Uint8Array, peer: Peer): void;
  toSend(at: number): Buffer;
  peer(at: number): Peer;
}

/** Lays out `count` messages of at most `maxBytes`. Throws where {@link canBatch} is false. */
export function createMessages(count: number, maxBytes: number): Messages {
  const { koffi, recvmmsg, sendmmsg } = system();
  // As recvmsg(2) and recvmmsg(2) have them, with the lengths and paddings of this computer.
  const iovec = koffi.struct({ iov_base: "void *", iov_len: "size_t" });
  const fields = { msg_name: "void *", msg_namelen: "unsigned int", msg_iov: "void *", msg_iovlen: "size_t", msg_control: "void *", msg_controllen: "size_t" };
  const msghdr = koffi.struct({ ...fields, msg_flags: "int" });
  const mmsghdr = koffi.struct({ msg_hdr: msghdr, msg_len: "unsigned int" });
  const headerBytes = koffi.sizeof(mmsghdr);
  const iovecBytes = koffi.sizeof(iovec);
  const data = Buffer.alloc(count * maxBytes);
  const names = Buffer.alloc(count * ADDRESS_BYTES);
  const iovecs = Buffer.alloc(count * iovecBytes);
  const headers = Buffer.alloc(count * headerBytes);
  const pointer = (memory: Buffer, offset: number): bigint => koffi.address(memory) + BigInt(offset);
  for (let at = 0; at < count; at++) {
    names.writeUInt16LE(AF_INET, at * ADDRESS_BYTES);
    koffi.encode(iovecs, at * iovecBytes, iovec, { iov_base: pointer(data, at * maxBytes), iov_len: maxBytes });
    const name = { msg_name: pointer(names, at * ADDRESS_BYTES), msg_namelen: ADDRESS_BYTES };
    const vector = { msg_iov: pointer(iovecs, at * iovecBytes), msg_iovlen: 1 };
    const header = { ...name, ...vector, msg_control: null, msg_controllen: 0, msg_flags: 0 };
    koffi.encode(headers, at * headerBytes, mmsghdr, { msg_hdr: header, msg_len: 0 });
  }
  const lengthAt = koffi.offsetof(mmsghdr, "msg_len");
  // On a little-endian computer the low half of a size_t comes first; the rest of it stays zero.
  const sizeAt = koffi.offsetof(iovec, "iov_len");

  return {
    receive: (fd) => Math.max(0, recvmmsg(fd, headers, count, MSG_DONTWAIT, null)),
    send: (fd, from, end) => Math.max(0, sendmmsg(fd, from === 0 ? headers : headers.subarray(from * headerBytes), end - from, MSG_DONTWAIT)),
    received: (at) => data.subarray(at * maxBytes, at * maxBytes + headers.readUInt32LE(at * headerBytes + lengthAt)),
    toSend: (at) => data.subarray(at * maxBytes, at * maxBytes + iovecs.readUInt32LE(at * iovecBytes + sizeAt)),
    peer: (at) => ({ address: names.readUInt32BE(at * ADDRESS_BYTES + IPV4_AT), port: names.readUInt16BE(at * ADDRESS_BYTES + PORT_AT) }),
    set(at, datagram, { address, port }) {
      data.set(datagram, at * maxBytes);
      iovecs.writeUInt32LE(datagram.length, at * iovecBytes + sizeAt);
      names.writeUInt32BE(address, at * ADDRESS_BYTES + IPV4_AT);
      names.writeUInt16BE(port, at * ADDRESS_BYTES + PORT_AT);
    },
  };
}
