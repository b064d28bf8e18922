/**
 * Network cables between validators, which a test can cut: what is sent meanwhile arrives when they are mended, as TCP sees to.
 * @module
 */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface Wire {
  /** Where to connect instead. */
  port: number;
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** A cable to a port of the loopback interface. */
export async function layWire(toPort: number): Promise<Wire> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const join = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on("data", (data) => to.write(data));
    from.on("error", () => undefined).on("close", () => {
      sockets.delete(from);
      to.destroy();
    });
    if (isCut) from.pause();
  };
  const server = createServer((near) => {
    const far = connect(toPort, "127.0.0.1");
    join(near, far);
    join(far, near);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    // The cast: a TCP server's address.
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.pause();
    },
    mend() {
      isCut = false;
      for (const socket of sockets) socket.resume();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), "close");
    },
  };
}
