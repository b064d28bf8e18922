/**
 * JSON-RPC calls to a chain node's own, non-standard methods.
 * @module
 */

/** Calls a method; the caller checks the shape of the result. */
export type Rpc = (method: string, params?: unknown[]) => Promise<unknown>;

/**
 * Calls of a node at an address.
 * @param timeoutMs real ms until a call without an answer fails
 */
export function createRpc(url: string, timeoutMs = 30_000): Rpc {
  return async function rpc(method, params = []) {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    // The cast: JSON-RPC 2.0, section 5; everything in it is optional here, and `result` stays unknown.
    const answer = (await response.json()) as { result?: unknown; error?: { message?: string } };
    if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message ?? "refused"}`);
    return answer.result;
  };
}
