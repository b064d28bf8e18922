/**
 * A JSON-RPC proxy that can hold back what a test wants to lose.
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Proxy {
  url: string;
  close(): Promise<void>;
}

/**
 * Passes requests on to a chain node.
 * @param isLost tells, by method, which requests never arrive (`before`), or arrive but are never answered (`after`)
 * @param onLost told when one was lost
 */
export async function startProxy(
  target: string,
  isLost: (method: string) => "before" | "after" | undefined,
  onLost: () => void,
): Promise<Proxy> {
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    // The cast: node:http streams are Buffers unless an encoding is set.
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const lost = isLost(/"method":"(\w+)"/.exec(body)?.[1] ?? "");
    if (lost !== "before") {
      const answer = await fetch(target, { method: "POST", headers: { "content-type": "application/json" }, body });
      const text = await answer.text();
      if (lost === undefined) response.writeHead(200, { "content-type": "application/json" }).end(text);
    }
    if (lost !== undefined) onLost();
  };
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  // The cast: a TCP server's address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
