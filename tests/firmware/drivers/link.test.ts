import assert from "node:assert/strict";
import { Link, type DatagramSocket, type LinkHost } from "#firmware/drivers/link.ts";

type Listener = Parameters<DatagramSocket["on"]>[1];

class Network implements LinkHost {
  readonly sockets: { listener?: Listener; sent: unknown[][]; bound: number[]; closed: boolean; broken: boolean }[] = [];

  createSocket = (): DatagramSocket => {
    const socket: Network["sockets"][number] = { sent: [], bound: [], closed: false, broken: false };
    this.sockets.push(socket);
    return {
      bind: (port) => socket.bound.push(port),
      on: (_event, listener) => (socket.listener = listener),
      send: (...values) => {
        if (socket.broken) throw new Error("This socket is closed");
        socket.sent.push(values);
      },
      close: () => {
        if (socket.broken) throw new Error("This socket is closed");
        socket.closed = true;
      },
    };
  };

  toText = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
  toBytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
}

describe("link", () => {
  const network = (): { net: Network; link: Link; received: Uint8Array[] } => {
    const net = new Network();
    const received: Uint8Array[] = [];
    return { net, received, link: new Link(net, "10.0.0.1", 5683, (datagram) => received.push(datagram)) };
  };

  it("sends bytes as an 8-bit string to the gateway, from a port of the system's choice", () => {
    const { net, link } = network();
    link.open();
    link.send(Uint8Array.from([1, 0, 255]));
    assert.deepEqual(net.sockets[0]?.bound, [0]);
    assert.deepEqual(net.sockets[0]?.sent, [["\x01\x00\xff", 0, 3, 5683, "10.0.0.1"]]);
  });

  it("takes datagrams from the gateway's address only", () => {
    const { net, link, received } = network();
    link.open();
    net.sockets[0]?.listener?.("\xff\x00", { address: "10.0.0.1", port: 1 });
    net.sockets[0]?.listener?.("evil", { address: "10.0.0.2", port: 5683 });
    assert.deepEqual(received, [Uint8Array.from([255, 0])]);
  });

  it("loses what is sent while it is closed, and survives a socket that the interpreter closed", () => {
    const { net, link } = network();
    link.send(Uint8Array.from([1]));
    link.open();
    const [socket] = net.sockets;
    assert.ok(socket);
    socket.broken = true;
    link.send(Uint8Array.from([1]));
    assert.equal(link.isOpen(), false);
    link.close();
    link.open();
    link.send(Uint8Array.from([2]));
    assert.equal(net.sockets[1]?.sent.length, 1);
  });

  it("hears nothing more on a socket that it has replaced", () => {
    const { net, link, received } = network();
    link.open();
    link.open();
    assert.equal(net.sockets[0]?.closed, true);
    net.sockets[0]?.listener?.("late", { address: "10.0.0.1", port: 5683 });
    assert.deepEqual(received, []);
  });
});
