/**
 * The village's time. It runs at a chosen speed, never backwards over a restart, and all processes share its setting.
 * @module
 */
import { readFile } from "node:fs/promises";
import type { ClockSetting } from "#gateway/clock.ts";

/**
 * A setting that starts now, or where the village stopped if it was ahead of the machine's clock (it had run faster than real time).
 * @param stoppedUtcMs village time at which it was stopped; 0 for a new one.
 */
export function villageClockSetting(realNowMs: number, stoppedUtcMs: number, speed: number): ClockSetting {
  return { realOriginMs: realNowMs, utcOriginMs: Math.max(realNowMs, stoppedUtcMs), speed };
}

/** The time at which the village was stopped, as it was saved; null for a new one. */
export async function readStoppedUtcMs(path: string): Promise<number | null> {
  try {
    const value = Number(await readFile(path, "utf8"));
    return Number.isFinite(value) ? value : null;
  } catch {
    return null;
  }
}
