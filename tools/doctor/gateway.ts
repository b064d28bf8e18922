/**
 * The running gateway, asked over its API.
 * @module
 */
import { bodyOf } from "#gateway/api/client.ts";
import type { Client } from "#gateway/api/client.ts";
import { ok, problem, skipped, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

const STUCK_BATCHES = 8;
const STUCK_MS = 3_600_000;

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

/** @param ageMs of the oldest batch that is not final; null when all are. @param newest number of the newest final one, if any. */
export function judgeOutbox({ open, reverted, ageMs, newest }: { open: number; reverted: number; ageMs: number | null; newest: number | null }): Finding {
  if (reverted > 0) return problem("outbox", `${reverted} transactions were refused by the contracts`, "see the settlement page for the reason of each");
  const age = ageMs === null ? "" : `, the oldest batch for ${Math.round(ageMs / 60_000)} min`;
  if (open > STUCK_BATCHES || (ageMs ?? 0) > STUCK_MS) return warning("outbox", `${open} transactions wait${age}`, "they go out by themselves when the chain moves again");
  const done = newest === null ? "no batch yet" : `newest batch ${newest} is final`;
  return ok("outbox", open > 0 ? `${open} transactions on their way${age}; ${done}` : `empty, ${done}`);
}

async function checkOutbox(client: Client): Promise<Finding> {
  const [{ openTransactions, revertedTransactions }, { items }, { nowUtcMs }] = await Promise.all([
    bodyOf(client.chain.$get()),
    bodyOf(client.batches.$get({ query: { limit: "200" } })),
    bodyOf(client.node.$get()),
  ]);
  const oldest = items.findLast(({ transaction }) => transaction.state !== "final");
  return judgeOutbox({
    open: openTransactions,
    reverted: revertedTransactions,
    ageMs: oldest === undefined ? null : nowUtcMs - oldest.createdUtcMs,
    newest: items.find(({ transaction }) => transaction.state === "final")?.number ?? null,
  });
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
