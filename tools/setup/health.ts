/**
 * Starts a gateway that was set up for a moment, to see that it works.
 * @module
 */
import { pino } from "pino";
import { createClient, bodyOf } from "#gateway/api/client.ts";
import { startGateway } from "#gateway/main.ts";
import { tellingFetch } from "../gateway/connect.ts";

/** Resolves when the gateway answered and was stopped again. @throws why it does not start, with what to do. */
export async function tryGateway(dataDir: string, passwordPath?: string): Promise<void> {
  const running = await startGateway({ dataDir, log: pino({ level: "silent" }), ...(passwordPath !== undefined && { passwordPath }) });
  try {
    const origin = `http://127.0.0.1:${running.httpPort}`;
    await bodyOf(createClient(origin, { fetch: tellingFetch(origin) }).access.$get());
  } finally {
    await running.stop();
  }
}
