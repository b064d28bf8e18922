/**
 * A network in memory for tests: it delays, loses, doubles and reorders datagrams by a seed, in the scheduler's time.
 * @module
 */
import { between, createRandom } from "../random.ts";
import type { Scheduler } from "../scheduler.ts";
import type { Network, Sender } from "./network.ts";

export interface MemoryNetworkOptions {
  seed: number;
  /** Share of datagrams lost and doubled, 0 to 1. */
  loss?: number;
  duplicate?: number;
  /** Each datagram takes a time between these, so later ones may overtake. ms. */
  minDelayMs?: number;
  maxDelayMs?: number;
}

export interface MemoryNetwork {
  /** The network as the host with this IP address has it. */
  host(address: string): Network;
  /** Cuts or joins all links. */
  setUp(up: boolean): void;
}

type Listener = (data: Uint8Array, sender: Sender) => void;

const FIRST_FREE_PORT = 49152;

export function createMemoryNetwork(scheduler: Scheduler, options: MemoryNetworkOptions): MemoryNetwork {
  const { seed, loss = 0, duplicate = 0, minDelayMs = 1, maxDelayMs = 1 } = options;
  const random = createRandom(seed);
  const sockets = new Map<string, Listener>();
  let up = true;

  function carry(data: Uint8Array, to: string, sender: Sender): void {
    if (!up || random() < loss) return;
    const copies = random() < duplicate ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      scheduler.after(between(random, minDelayMs, maxDelayMs), () => {
        if (up) sockets.get(to)?.(Uint8Array.from(data), sender);
      });
    }
  }

  function freePort(address: string): number {
    let port = FIRST_FREE_PORT;
    while (sockets.has(address + ":" + port)) port++;
    return port;
  }

  return {
    host: (address) => ({
      open(wanted, onMessage) {
        const port = wanted === 0 ? freePort(address) : wanted;
        const own = address + ":" + port;
        if (sockets.has(own)) throw new Error("network: " + own + " is taken");
        sockets.set(own, onMessage);
        return {
          send: (data, toPort, toAddress) => carry(Uint8Array.from(data), toAddress + ":" + toPort, { address, port }),
          close: () => void sockets.delete(own),
        };
      },
    }),
    setUp(value) {
      up = value;
    },
  };
}
