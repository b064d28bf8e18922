/**
 * How far a batch or a slot is on its way, in a word and in steps.
 * @module
 */
import type { Batch } from "#gateway/api/schemas/batches.ts";
import type { Slot } from "#gateway/api/schemas/trade.ts";
import { Badge, type Tone } from "../../components/badge.tsx";
import { texts } from "../../texts.ts";

const STEPS = ["signed", "mined", "final"] as const;

export function BatchState({ state }: { state: Batch["transaction"]["state"] }) {
  const reached = state === "reverted" ? -1 : STEPS.indexOf(state);
  return (
    <span class={`state state-${state}`} title={texts.settlement.stateHelp[state]}>
      <span class="steps" aria-hidden="true">
        {STEPS.map((step, index) => (
          <i key={step} class={index <= reached ? "step-done" : ""} />
        ))}
      </span>
      {texts.settlement.states[state]}
    </span>
  );
}

const TONES: Record<Slot["state"], Tone> = { open: "quiet", closed: "quiet", submitted: "info", final: "good", disputed: "warn" };

export function SlotState({ state }: { state: Slot["state"] }) {
  return (
    <Badge tone={TONES[state]} title={texts.settlement.slotHelp[state]}>
      {texts.settlement.slotStates[state]}
    </Badge>
  );
}
