/**
 * JSON-RPC over a node's own socket file (geth's IPC), which only its user can open: for what no network port may offer.
 * @module
 */
import { connect } from "node:net";
import type { Rpc } from "./rpc.ts";

/** A JSON-RPC 2.0 answer (section 5). */
export interface RpcAnswer {
  result?: unknown;
  error?: { code?: number; message?: string; data?: unknown };
}

/**
 * Sends one request over a connection of its own, so that a node may come and go.
 * @param timeoutMs real ms until a request without an answer fails
 * @throws Error when nobody listens, or the connection ends before the answer does
 */
export function askSocket(path: string, request: { method: string; params: unknown[] }, timeoutMs = 10_000): Promise<RpcAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let text = "";
    const fail = (cause: unknown): void => {
      socket.destroy();
      reject(new Error(`the chain's node does not answer at ${path}`, { cause }));
    };
    socket.setEncoding("utf8").setTimeout(timeoutMs, () => fail(new Error(`no answer within ${timeoutMs} ms`)));
    socket.once("error", fail).once("end", () => fail(new Error("it ended the connection")));
    socket.on("data", (chunk: string) => {
      text += chunk;
      // geth ends each message with a line feed, and has none within.
      if (!text.endsWith("\n")) return;
      socket.removeAllListeners().on("error", () => undefined).destroy();
      // The cast: JSON-RPC's answer; everything in it is optional, and the values stay unknown.
      resolve(JSON.parse(text) as RpcAnswer);
    });
    socket.write(`${JSON.stringify({ jsonrpc: "2.0", id: 1, ...request })}\n`);
  });
}

/** Calls over a socket file. */
export function createSocketRpc(path: string, timeoutMs?: number): Rpc {
  return async function rpc(method, params = []) {
    const { result, error } = await askSocket(path, { method, params }, timeoutMs);
    if (error !== undefined) throw new Error(`${method}: ${error.message ?? "refused"}`);
    return result;
  };
}
