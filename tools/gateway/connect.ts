/**
 * A client of a gateway's API whose errors say what to do next.
 * @module
 */
import { createClient } from "#gateway/api/client.ts";
import type { Client } from "#gateway/api/client.ts";
import { problemSchema } from "#gateway/api/problem.ts";
import { readToken, tokensPath } from "./tokens.ts";

export const DEFAULT_GATEWAY = "http://127.0.0.1:8470";
const TIMEOUT_MS = 10_000;

/** Given to every command that speaks to a gateway. */
export const GATEWAY_ARGUMENT = {
  gateway: { type: "string", description: "The gateway's address", valueHint: "url", default: DEFAULT_GATEWAY },
} as const;

export function originOf(address: string): string {
  try {
    return new URL(address).origin;
  } catch {
    throw new Error(`"${address}" is no address; http://127.0.0.1:8470 is one`);
  }
}

/** Throws unless the gateway answered with success: its problem detail, or what to do about it. */
async function refuseProblem(response: Response, origin: string, isLoggingIn: boolean): Promise<void> {
  if (response.ok) return;
  const body: unknown = await response.clone().json().catch(() => null);
  const problem = problemSchema.safeParse(body);
  const detail = problem.success ? problem.data.detail : `it answered ${response.status}`;
  const fields = problem.success ? (problem.data.errors ?? []).map(({ name, expected }) => `${name}: ${expected}`) : [];
  const advice = !isLoggingIn && (response.status === 401 || response.status === 403) ? ` Run "daisee login --gateway ${origin}".` : "";
  throw new Error(`${[detail, ...fields].join("; ")}${advice}`);
}

/**
 * A `fetch` that fails with a message for people when nothing answers, or the gateway refuses.
 * @param isLoggingIn leaves out the advice to log in.
 */
export function tellingFetch(origin: string, inner: typeof fetch = fetch, isLoggingIn = false): typeof fetch {
  return async function fetchAndTell(input, init) {
    let response: Response;
    try {
      response = await inner(input, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (cause) {
      throw new Error(`no gateway answers at ${origin}; start it, or name its address with --gateway`, { cause });
    }
    await refuseProblem(response, origin, isLoggingIn);
    return response;
  };
}

/** A client with the token that `daisee login` kept, if any: a gateway in demo mode lets everybody read. */
export async function connectGateway(address: string): Promise<Client> {
  const origin = originOf(address);
  const token = await readToken(origin, tokensPath());
  return createClient(origin, { fetch: tellingFetch(origin), ...(token !== null && { token }) });
}
