/**
 * A UDP socket that moves many datagrams by one system call. Node's own socket on the same descriptor wakes it: the first datagram of a turn
 * comes that way, the others at once behind it.
 * @module
 */
import { bindDescriptor, createMessages } from "./messages.ts";
import { bindSocket, onSocket } from "./plain.ts";
import type { DatagramSocket, DatagramSocketOptions, Peer } from "./socket.ts";

/** Node hands over 32 datagrams in a turn of the event loop, so this many times as many are read before anything else is done. */
const MOST_RECEIVED = 128;
const MOST_SENT = 256;

/** Opens such a socket. Rejects when the address cannot be bound. */
export async function openBatchedSocket(options: DatagramSocketOptions): Promise<DatagramSocket> {
  const { address, port, maxBytes, onDatagram, onError } = options;
  // One byte more shows that a datagram is longer.
  const incoming = createMessages(MOST_RECEIVED, maxBytes + 1);
  const outgoing = createMessages(MOST_SENT, maxBytes);
  const fd = bindDescriptor(address, port);
  // The descriptor is Node's from here on: it closes it.
  const socket = await bindSocket({ fd });
  let isOpen = true;
  let isMute = false;
  let queued = 0;

  function hand(datagram: Buffer, peer: Peer): void {
    if (!isMute) onDatagram(datagram, peer);
  }

  const plain = onSocket(socket, {
    onDatagram(datagram, peer) {
      hand(datagram, peer);
      if (!isOpen) return;
      const received = incoming.receive(fd);
      for (let at = 0; at < received; at++) hand(incoming.received(at), incoming.peer(at));
    },
    onError,
  });

  function flush(): void {
    for (let from = 0; from < queued; ) {
      const sent = outgoing.send(fd, from, queued);
      from += sent;
      // What the system does not take goes Node's way, which waits for room in the system's buffer, or tells what is wrong.
      if (sent === 0) plain.send(Buffer.from(outgoing.toSend(from)), outgoing.peer(from++));
    }
    queued = 0;
  }

  return {
    port: plain.port,
    send(datagram, peer) {
      if (!isOpen) return;
      if (datagram.length > maxBytes) return plain.send(datagram, peer);
      if (queued === MOST_SENT) flush();
      if (queued === 0) queueMicrotask(flush);
      outgoing.set(queued++, datagram, peer);
    },
    mute() {
      isMute = true;
      plain.mute();
    },
    close() {
      flush();
      isOpen = false;
      return plain.close();
    },
  };
}
