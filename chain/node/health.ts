/**
 * Follows a node that runs: tells when the chain stalls and when it goes on, when peers come and go, and when a clock is wrong.
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { createConsensus } from "../consensus.ts";
import { stalledAfterMs } from "../finality.ts";
import type { Rpc } from "../rpc.ts";
import type { NodeFolder } from "./folder.ts";
import { createLateness } from "./lateness.ts";

/** Fine enough to tell a block that comes a second late. */
const POLL_MS = 250;

export interface HealthOptions {
  folder: NodeFolder;
  rpc: Rpc;
  nowMs: () => number;
  /** Told of each change, in plain words. */
  onChange: (text: string) => void;
  signal: AbortSignal;
}

/** Follows until the signal aborts. */
export async function watchHealth({ folder: { description, node }, rpc, nowMs, onChange, signal }: HealthOptions): Promise<void> {
  const consensus = createConsensus(description, rpc);
  const lateness = createLateness();
  const tell = onceInARow(onChange);
  const startedMs = nowMs();
  let seen: string | null = null;
  while (!signal.aborted) {
    try {
      const head = await consensus.block("latest");
      const authorities = await consensus.authorities();
      const peers = Number(await rpc("net_peerCount"));
      const isNew = head !== null && head.hash !== seen && seen !== null;
      if (isNew) lateness.see(head, nowMs());
      // The first one is no news: it may be old.
      seen = head?.hash ?? null;
      // Not before this node has had the time to see one: block 0 is old, and so is the newest that a node knows after a rest.
      const ageMs = nowMs() - Math.max(startedMs, (head?.timestamp ?? 0) * 1000);
      const stalled = ageMs > stalledAfterMs(description.periodSeconds, authorities.length);
      tell("peers", `${peers} ${peers === 1 ? "peer" : "peers"} connected`);
      tell("authority", authorities.includes(node.peer.address) ? "this node is an authority" : "this node is no authority (yet): it follows");
      if (stalled) tell("blocks", `stalled: no block since ${head?.number}; more than half of the ${authorities.length} authorities must run and reach each other`);
      else if (isNew) tell("blocks", "blocks are made");
      tell("clock", lateness.verdict(authorities, node.peer.address) ?? "the clocks agree");
      tell("node", "the node answers");
    } catch (error) {
      if (!signal.aborted) tell("node", `the node does not answer: ${error instanceof Error ? error.message : String(error)}`);
    }
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

function onceInARow(onChange: (text: string) => void): (subject: string, text: string) => void {
  const last = new Map<string, string>();
  return (subject, text) => {
    if (last.get(subject) === text) return;
    last.set(subject, text);
    onChange(text);
  };
}
