/**
 * A relay's contact behind its coil: it closes late and bounces, and opens late. Times from the SRD-05VDC data sheet (operate 10 ms,
 * release 5 ms at most).
 * @module
 */

const OPERATE_MS = 8;
const RELEASE_MS = 4;
/** The contact opens and closes so often, each for so long, before it stays. */
const BOUNCES = 4;
const BOUNCE_MS = 0.5;
/** Sums of steps miss a time by a rounding. */
const ROUNDING_MS = 1e-6;

export interface RelayState {
  coil: boolean;
  closed: boolean;
  /** Times of the contact's changes to come, in ms, each turning it over. */
  changesMs: number[];
}

export function openRelay(): RelayState {
  return { coil: false, closed: false, changesMs: [] };
}

/** Switches the coil. A coil that is already in that state changes nothing. */
export function setCoil(relay: RelayState, coil: boolean, nowMs: number): RelayState {
  if (coil === relay.coil) return relay;
  if (!coil) return { coil, closed: relay.closed, changesMs: relay.closed ? [nowMs + RELEASE_MS] : [] };
  // The armature had not let go yet: it is held.
  if (relay.closed) return { coil, closed: true, changesMs: [] };
  const changesMs = Array.from({ length: 1 + 2 * BOUNCES }, (_, index) => nowMs + OPERATE_MS + index * BOUNCE_MS);
  return { coil, closed: false, changesMs };
}

/** The relay at `nowMs`: changes that are due have happened. */
export function settle(relay: RelayState, nowMs: number): RelayState {
  const due = relay.changesMs.filter((timeMs) => timeMs <= nowMs + ROUNDING_MS).length;
  if (due === 0) return relay;
  return { coil: relay.coil, closed: due % 2 === 1 ? !relay.closed : relay.closed, changesMs: relay.changesMs.slice(due) };
}
