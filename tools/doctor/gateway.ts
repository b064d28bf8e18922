/**
 * The running gateway, asked over its API.
 * @module
 */
import { bodyOf } from "#gateway/api/client.ts";
import type { Client } from "#gateway/api/client.ts";
import { ok, problem, skipped, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

const STUCK_BATCHES = 8;

async function checkHealth(client: Client): Promise<Finding[]> {
  const health = await bodyOf(client.health.$get());
  const parts = [
    ["store", health.store],
    ["chain link", health.chain],
  ] as const;
  return parts.map(([name, { detail, ok: isOk }]) => (isOk ? ok(name, "works") : problem(name, detail ?? "does not work", "see the gateway's log")));
}

async function checkBoards(client: Client): Promise<Finding[]> {
  const [{ items, waiting }, { nowUtcMs }] = await Promise.all([bodyOf(client.boards.$get()), bodyOf(client.node.$get())]);
  const findings = items.map(({ name, newestUtcMs, silentAfterMs }): Finding => {
    if (newestUtcMs === null) return warning("boards", `${name} was never heard`, 'look at its console with "daisee board monitor"');
    const ageMs = nowUtcMs - newestUtcMs;
    if (ageMs > silentAfterMs) return warning("boards", `${name} is silent for ${Math.round(ageMs / 1000)} s`, "is it powered, and in reach of the Wi-Fi? What it measures meanwhile it keeps");
    return ok("boards", `${name} answers`);
  });
  for (const { boardId, lastRefusal } of waiting) {
    findings.push(warning("boards", `${boardId} is refused as ${lastRefusal}`, 'if it is yours, admit it in the dashboard, or run "daisee board flash"'));
  }
  return findings.length > 0 ? findings : [skipped("boards", "there is none yet", 'run "daisee board flash"')];
}

async function checkOutbox(client: Client): Promise<Finding> {
  const { openTransactions, revertedTransactions } = await bodyOf(client.chain.$get());
  if (revertedTransactions > 0) return problem("outbox", `${revertedTransactions} transactions were refused by the contracts`, "see the settlement page for the reason of each");
  if (openTransactions > STUCK_BATCHES) return warning("outbox", `${openTransactions} transactions wait`, "they go out by themselves when the chain moves again");
  return ok("outbox", openTransactions === 0 ? "empty" : `${openTransactions} transactions on their way`);
}

/** Asks a gateway, by a client that may not be logged in. */
export async function checkGateway(client: Client, address: string): Promise<Finding[]> {
  try {
    const findings = await checkHealth(client);
    return [...findings, ...(await checkBoards(client)), await checkOutbox(client)];
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (text.includes("daisee login")) return [skipped("gateway", `it answers at ${address}, and wants a log-in`, `run "daisee login --gateway ${address}"`)];
    return [problem("gateway", text, 'start it: "systemctl start daisee-gateway", or "daisee gateway --data …"')];
  }
}
