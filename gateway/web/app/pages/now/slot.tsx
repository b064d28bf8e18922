/**
 * The settlement slot that is open now, and when it closes.
 * @module
 */
import { duration } from "../../format.ts";
import type { Model } from "../../model.ts";
import { texts } from "../../texts.ts";

export function Slot({ model }: { model: Model }) {
  const node = model.node.value;
  if (node === null) return null;
  const nowMs = model.nowUtcMs.value;
  const slot = Math.floor(nowMs / node.slotMs);
  const intoMs = nowMs - slot * node.slotMs;
  return (
    <section class="card slot" aria-labelledby="slot">
      <h2 id="slot">{texts.now.slot}</h2>
      <strong class="slot-countdown">{texts.now.slotCountdown(duration(node.slotMs - intoMs + 999))}</strong>
      <div class="slot-track">
        <div class="slot-fill" style={{ width: `${(100 * intoMs) / node.slotMs}%` }} />
      </div>
      <p class="muted">{texts.now.slotDetail(slot, duration(node.slotMs))}</p>
    </section>
  );
}
