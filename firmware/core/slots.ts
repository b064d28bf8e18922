/**
 * When a slot ends: on UTC boundaries once UTC is known, before that by slot length since boot.
 * @module
 */
import { FLAG } from "../wire/records.ts";

/** Answers that differ from the board's idea of UTC by more than this show that a clock was set, not that the network was slow. */
const STEP_MS = 5000;
/** Share of a smaller difference that is taken over from each answer. */
const SMOOTHING = 16;

/** A slot's end: its number, or null and {@link FLAG}.unsynced. */
export interface SlotEnd {
  slot: number | null;
  flags: number;
}

export class SlotClock {
  private readonly slotMs: number;
  /** UTC of uptime zero, or null. */
  private originUtcMs: number | null;
  private lastSlot: number | null;
  private lastCutMs: number;
  private flags: number;

  /** @param lastSlot newest slot that was checkpointed before the restart, or null. */
  constructor(slotMs: number, lastSlot: number | null) {
    this.slotMs = slotMs;
    this.originUtcMs = null;
    this.lastSlot = lastSlot;
    this.lastCutMs = 0;
    this.flags = FLAG.resumed;
  }

  /** Takes UTC from an answer that arrived at `uptimeMs`. An answer is late, never early: the largest origin is the best. */
  learn(utcMs: number, uptimeMs: number): void {
    const origin = utcMs - uptimeMs;
    const known = this.originUtcMs;
    if (known === null || origin > known || origin < known - STEP_MS) this.originUtcMs = origin;
    else this.originUtcMs = known + (origin - known) / SMOOTHING;
    const ended = this.slotAt(uptimeMs) - 1;
    // The running slot is the first that ends on a boundary. A slot from before the restart is not cut again, but where the clock was
    // set back by more than a slot, the old numbers mean nothing.
    const last = this.lastSlot;
    if (last === null || (known === null && ended > last) || ended < last - 1) this.lastSlot = ended;
  }

  /** The slot that ended since the last call, or null. Slots that went by unseen are passed over: counters are cumulative. */
  due(uptimeMs: number): SlotEnd | null {
    let slot: number | null = null;
    if (this.originUtcMs === null) {
      if (uptimeMs - this.lastCutMs < this.slotMs) return null;
    } else {
      slot = this.slotAt(uptimeMs) - 1;
      if (this.lastSlot !== null && slot <= this.lastSlot) return null;
      this.lastSlot = slot;
    }
    this.lastCutMs = uptimeMs;
    const flags = this.flags | (slot === null ? FLAG.unsynced : 0);
    this.flags = 0;
    return { slot, flags };
  }

  private slotAt(uptimeMs: number): number {
    return Math.floor(((this.originUtcMs || 0) + uptimeMs) / this.slotMs);
  }
}
