/**
 * Boards count milliseconds since boot; this finds the UTC at which a boot's count was zero, from when its frames came in. Pure.
 * @module
 */

/** A boot's mapping to UTC. */
export interface BootTime {
  /** UTC of uptime zero. */
  bootUtcMs: number;
  /** Uptime up to which the crystal's drift was made good; null when unknown, as after a restart of the gateway. */
  settledUptimeMs: number | null;
}

/** 1 ms in 10 s: 100 ppm, more than an ESP32's crystal and the gateway's clock drift apart. */
const UPTIME_PER_DRIFT_MS = 10_000;
/** More than CoAP may take to deliver (RFC 7252 section 4.8.2: MAX_TRANSMIT_WAIT is 93 s): the gateway's clock was set forward. */
const STEP_MS = 120_000;

/**
 * Refines a boot's mapping by a frame that was sealed at `uptimeMs` and received at `receivedUtcMs`. Their difference is the mapping plus
 * the way's delay, so the smallest one counts; a larger one raises the mapping no faster than clocks drift, and at once when the
 * gateway's clock was set.
 */
export function refine(before: BootTime | null, receivedUtcMs: number, uptimeMs: number): BootTime {
  const seen = receivedUtcMs - uptimeMs;
  const isSet = before === null || seen - before.bootUtcMs > STEP_MS;
  if (isSet || seen <= before.bootUtcMs) return { bootUtcMs: seen, settledUptimeMs: uptimeMs };
  if (before.settledUptimeMs === null) return { bootUtcMs: before.bootUtcMs, settledUptimeMs: uptimeMs };
  const drift = Math.max(0, Math.floor((uptimeMs - before.settledUptimeMs) / UPTIME_PER_DRIFT_MS));
  return {
    bootUtcMs: Math.min(seen, before.bootUtcMs + drift),
    settledUptimeMs: before.settledUptimeMs + drift * UPTIME_PER_DRIFT_MS,
  };
}

/** Largest slot number on the wire and on the chain. */
const MAX_SLOT = 0xffffffff;

/**
 * The slot of a checkpoint that its board cut at `utcMs` without knowing UTC: the one it was cut in, so that no slot is credited with
 * energy measured after its end; a cut exactly on a boundary ends the slot before. Null outside the range of slot numbers.
 */
export function slotOf(utcMs: number, slotMs: number): number | null {
  const slot = Math.floor((utcMs - 1) / slotMs);
  return slot >= 0 && slot <= MAX_SLOT ? slot : null;
}
