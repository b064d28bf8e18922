/**
 * Serves the application over HTTP or HTTPS, on the loopback unless the settings name an address of the LAN.
 * @module
 */
import { readFile } from "node:fs/promises";
import type { Server } from "node:http";
import { createServer as createHttps } from "node:https";
import { isIP } from "node:net";
import { createAdaptorServer } from "@hono/node-server";

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

/** How long requests under way may take to finish when the server closes; streams never finish by themselves. */
const GRACE_MS = 100;
/** A client that sends its headers slower than this only holds a connection. */
const HEADERS_MS = 10_000;
/** Most connections of one server: dashboards, programs, and some who hold on to them. */
const MAX_CONNECTIONS = 1024;

export interface HttpServer {
  port: number;
  /** Ends every connection, streams included. May be called again. */
  close(): Promise<void>;
}

/** Certificate chain and key, PEM files. */
export interface TlsFiles {
  certPath: string;
  keyPath: string;
}

/** @throws with the file and what to do. */
async function readTls({ certPath, keyPath }: TlsFiles): Promise<{ cert: Buffer; key: Buffer }> {
  const read = (path: string): Promise<Buffer> =>
    readFile(path).catch((cause: unknown) => {
      throw new Error(`${path} cannot be read: put the certificate there, or take http.tls out of the settings.`, { cause });
    });
  return { cert: await read(certPath), key: await read(keyPath) };
}

/** @throws for an address at which everybody could reach it: it has to be said which network is meant. */
function checkHost(host: string, isLan: boolean): void {
  if (LOOPBACK.has(host)) return;
  if (!isLan)
    throw new Error(
      `http.host is "${host}", but it is for the loopback: set it to "127.0.0.1", and name an address of the LAN as http.lan.host.`,
    );
  if (isIP(host) === 0 || host === "0.0.0.0" || host === "::") {
    throw new Error(`http.lan.host is "${host}", but has to be this machine's own address in the LAN, such as 192.168.1.20.`);
  }
}

/**
 * Listens on a loopback address, or with `isLan` on an address of the LAN; port 0 takes a free one.
 * @throws when the host may not be listened on, the port is taken, or the certificate is no good, saying what to do.
 */
export async function listenHttp(options: {
  app: { fetch: (request: Request, env: object) => Response | Promise<Response> };
  host: string;
  port: number;
  isLan?: boolean;
  tls?: TlsFiles;
}): Promise<HttpServer> {
  const { app, host, port, isLan = false, tls } = options;
  checkHost(host, isLan);
  const secure =
    tls === undefined ? {} : { createServer: createHttps, serverOptions: { ...(await readTls(tls)), minVersion: "TLSv1.2" as const } };
  // HTTP/1.1, with TLS or without: both are a Server of node:http as far as it is used here.
  const server = createAdaptorServer({ fetch: app.fetch, hostname: host, ...secure }) as Server;
  server.headersTimeout = HEADERS_MS;
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE")
        reject(new Error(`Port ${port} on ${host} is taken: stop what uses it, or set another http.port.`, { cause: error }));
      else if (error.code === "EADDRNOTAVAIL")
        reject(new Error(`This machine has no address ${host} now: correct http.lan.host.`, { cause: error }));
      else reject(error);
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
