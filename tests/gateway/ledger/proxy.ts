/**
 * A bad line to the chain: an HTTP proxy that loses requests or answers where a test says so.
 * @module
 */
import { createServer, type ServerResponse } from "node:http";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** What becomes of a call: it goes through; it never reaches the chain; the chain does it, but nobody hears of it; nobody ever answers. */
export type Fate = "pass" | "lose request" | "lose answer" | "hang";

export interface Proxy {
  url: string;
  /** Where it leads; null while the chain is away. */
  target: string | null;
  /** Decides on each call by its JSON-RPC method. */
  fate: (method: string) => Fate;
  /** A message with which the proxy itself answers a call as an error; null lets it through. */
  error: (method: string) => string | null;
  close(): Promise<void>;
}

export async function startProxy(target: string): Promise<Proxy> {
  const server = createServer((request, response) => {
    void text(request).then((body) => forward(body, response));
  });
  const proxy: Proxy = {
    url: "",
    target,
    fate: () => "pass",
    error: () => null,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function forward(body: string, response: ServerResponse): Promise<void> {
    // The cast: what ethers sends.
    const { method, id } = JSON.parse(body) as { method: string; id: number };
    const message = proxy.error(method);
    if (message !== null) {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ jsonrpc: "2.0", id, error: { code: -32_000, message } }));
      return;
    }
    const fate = proxy.fate(method);
    if (fate === "hang") return;
    if (proxy.target === null || fate === "lose request") {
      response.destroy();
      return;
    }
    try {
      const answer = await fetch(proxy.target, { method: "POST", headers: { "content-type": "application/json" }, body });
      const answered = await answer.text();
      if (fate === "lose answer") response.destroy();
      else response.writeHead(answer.status, { "content-type": "application/json" }).end(answered);
    } catch {
      response.destroy();
    }
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  proxy.url = `http://127.0.0.1:${address.port}`;
  return proxy;
}
