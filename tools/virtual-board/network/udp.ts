/**
 * Real UDP, on this machine's loopback interface only.
 * @module
 */
import { createSocket } from "node:dgram";
import type { Network } from "./network.ts";

const LOOPBACK = "127.0.0.1";

export function createUdpNetwork(onError: (error: Error) => void): Network {
  return {
    open(port, onMessage) {
      const socket = createSocket("udp4");
      let open = true;
      socket.on("message", (data, sender) => onMessage(data, { address: sender.address, port: sender.port }));
      socket.on("error", onError);
      socket.bind(port, LOOPBACK);
      return {
        send(data, toPort, address) {
          // A refusal by the far end is a lost datagram.
          if (open) socket.send(data, toPort, address, () => undefined);
        },
        close() {
          if (open) socket.close();
          open = false;
        },
      };
    },
  };
}
