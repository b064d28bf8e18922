/**
 * Looks at each part of the gateway and says what is wrong in words.
 * @module
 */
import type { Store } from "#gateway/store/store.ts";
import type { KnownSettings } from "./board-settings.ts";
import type { IngestPort, LedgerPort } from "./ports.ts";
import { silentAfterMs } from "./present.ts";
import type { Health } from "./schemas/health.ts";

type Part = Health["store"];

const FINE: Part = { ok: true, detail: null };

async function checkBoards(store: Store, settings: KnownSettings, nowMs: number): Promise<Part> {
  const [boards, latest] = await Promise.all([store.boards(), store.latest()]);
  const silent = boards.filter(({ boardId }) => {
    const oldestMs = nowMs - silentAfterMs(settings.of(boardId));
    return !latest.readings.some((reading) => reading.boardId === boardId && (reading.endUtcMs ?? 0) > oldestMs);
  });
  if (silent.length === 0) return FINE;
  const names = silent.map(({ name, boardId }) => `${name} (${boardId})`).join(", ");
  return { ok: false, detail: `No fresh readings of ${names}: check its power and Wi-Fi. It keeps its records and sends them later.` };
}

/** The health of a gateway now. Never rejects: a store that fails is a finding. */
export async function checkHealth(parts: {
  store: Store;
  ledger: LedgerPort;
  ingest: IngestPort;
  settings: KnownSettings;
  nowMs: number;
}): Promise<Health> {
  const { store, ledger, ingest, settings, nowMs } = parts;
  const { state, detail } = ledger.status();
  const health: Health = {
    status: "ok",
    nowUtcMs: nowMs,
    store: FINE,
    chain: state === "following" ? FINE : { ok: false, detail: detail ?? `The chain is ${state}.` },
    boards: FINE,
    ingest: ingest.counters,
  };
  try {
    health.boards = await checkBoards(store, settings, nowMs);
  } catch {
    const wrong = { ok: false, detail: "The store does not answer: check the disk, then restart the gateway. Its log says more." };
    return { ...health, status: "failing", store: wrong, boards: wrong };
  }
  if (!health.chain.ok || !health.boards.ok) health.status = "degraded";
  return health;
}
