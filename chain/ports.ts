/**
 * Free ports of this machine.
 * @module
 */
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

/** Ports of the loopback interface that are free now; none of them twice. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  // The cast: a TCP server's address.
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}
