/**
 * Serves the API over HTTP, on this machine's loopback only: it has no log-in yet.
 * @module
 */
import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

/** How long requests under way may take to finish when the server closes; streams never finish by themselves. */
const GRACE_MS = 100;

export interface HttpServer {
  port: number;
  /** Ends every connection, streams included. May be called again. */
  close(): Promise<void>;
}

/**
 * Listens on a loopback address; port 0 takes a free one.
 * @throws when the host is not a loopback address, or the port is taken, saying what to do.
 */
export async function listenHttp(options: {
  app: { fetch: (request: Request) => Response | Promise<Response> };
  host: string;
  port: number;
}): Promise<HttpServer> {
  const { app, host, port } = options;
  if (!LOOPBACK.has(host)) {
    throw new Error(`http.host is "${host}", but the API has no log-in yet and listens on loopback only: set it to "127.0.0.1".`);
  }
  // It is a plain HTTP/1.1 server, since no other one was asked for.
  const server = createAdaptorServer({ fetch: app.fetch, hostname: host }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") reject(error);
      else reject(new Error(`Port ${port} on ${host} is taken: stop what uses it, or set another http.port.`, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("http: the server has no port");

  let closing: Promise<void> | undefined;
  function close(): Promise<void> {
    closing ??= new Promise((resolve) => {
      const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
      server.close(() => {
        clearTimeout(cut);
        resolve();
      });
      server.closeIdleConnections();
    });
    return closing;
  }
  return { port: bound.port, close };
}
