/**
 * HTTP load from a process of its own (autocannon), so that it does not share the server's thread.
 * @module
 */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { promisify } from "node:util";

const AUTOCANNON = createRequire(import.meta.url).resolve("autocannon");
const CONNECTIONS = 20;

/** Requests per second that a URL answers with 200. @throws when it answers with anything else. */
export async function requestsPerSecond(url: string, headers: Record<string, string>, seconds: number): Promise<number> {
  const own = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}=${value}`]);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [AUTOCANNON, "-j", "-c", String(CONNECTIONS), "-d", String(seconds), ...own, url],
    { maxBuffer: 1 << 24 },
  );
  // What autocannon's --json prints.
  const result = JSON.parse(stdout) as { requests: { average: number }; non2xx: number; errors: number };
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${url}: ${result.non2xx} answers were not 2xx, ${result.errors} failed`);
  return result.requests.average;
}
