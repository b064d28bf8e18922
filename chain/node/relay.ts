/**
 * JSON-RPC over HTTP on the loopback interface, in front of a node's socket: passes on what is in the list of methods and nothing else.
 * geth's own HTTP server cannot be had without its account functions, which would sign with the validator's key for any program here.
 * @module
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { z } from "zod";
import { RPC_METHODS } from "../engines/rpc-methods.ts";
import { askSocket } from "../socket-rpc.ts";

/** A contract's deployment is 50 kB in hex. */
const MAX_BODY_BYTES = 1_000_000;
/** JSON-RPC 2.0, section 5.1. */
const INVALID_REQUEST = -32600;
const METHOD_NOT_FOUND = -32601;
const INTERNAL_ERROR = -32603;

const requestSchema = z.object({
  id: z.union([z.number(), z.string(), z.null()]).default(null),
  method: z.string(),
  params: z.array(z.unknown()).default([]),
});

export interface Relay {
  rpcUrl: string;
  port: number;
  close(): Promise<void>;
}

/**
 * Starts the relay.
 * @param port 0 for a free one
 * @throws Error when the port is taken
 */
export async function startRelay(socketPath: string, port: number): Promise<Relay> {
  const server = createServer((request, response) => void answer(socketPath, request, response).catch(() => response.destroy()));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  // The cast: a TCP server's address.
  const own = (server.address() as { port: number }).port;
  return {
    rpcUrl: `http://127.0.0.1:${own}`,
    port: own,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function answer(socketPath: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const send = (status: number, body: unknown): void => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  const refuse = (status: number, code: number, message: string, id: unknown = null): void => send(status, { jsonrpc: "2.0", id, error: { code, message } });
  // A web page in somebody's browser may neither call us nor come under a name that it pointed here.
  if (request.headers.origin !== undefined) return refuse(403, INVALID_REQUEST, "web pages may not call this node");
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(request.headers.host ?? "")) return refuse(403, INVALID_REQUEST, "call this node by its loopback address");
  const parsed = requestSchema.safeParse(parse(await bodyOf(request)));
  if (!parsed.success) return refuse(400, INVALID_REQUEST, "one JSON-RPC request is expected, with a method and a list of parameters");
  const { id, method, params } = parsed.data;
  if (!RPC_METHODS.includes(method)) return refuse(200, METHOD_NOT_FOUND, `this node offers no ${method}`, id);
  try {
    send(200, { ...(await askSocket(socketPath, { method, params })), id });
  } catch (error) {
    refuse(200, INTERNAL_ERROR, error instanceof Error ? error.message : "the node does not answer", id);
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // The cast: node:http streams are Buffers unless an encoding is set.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error("the request is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
