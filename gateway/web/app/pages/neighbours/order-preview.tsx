/**
 * What an order would have meant in the last week: the gateway clears those slots again with it.
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { bodyOf } from "#gateway/api/client.ts";
import type { NewOrder, OrderPreview } from "#gateway/api/schemas/trade.ts";
import { useApp } from "../../app.ts";
import { ifAvailable } from "../../available.ts";
import { coins } from "../../coins.ts";
import { Loaded } from "../../components/states.tsx";
import { energy } from "../../format.ts";
import { useResource } from "../../resource.ts";
import { texts } from "../../texts.ts";

/** A pause in typing after which the gateway is asked. */
const PAUSE_MS = 400;

const paidOrEarned = (amount: string): string => {
  const words = texts.neighbours.preview;
  return amount.startsWith("-") ? words.paid(coins(amount.slice(1))) : words.earned(coins(amount));
};

function Outcome({ title, outcome }: { title: string; outcome: OrderPreview["withOrder"] }) {
  const words = texts.neighbours.preview;
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        <strong>{paidOrEarned(outcome.amount)}</strong>
        <span class="muted">
          {words.partners(energy(outcome.neighboursMwh), energy(outcome.poolMwh))}
          {outcome.lostMwh > 0 && words.lost(energy(outcome.lostMwh))}
        </span>
      </dd>
    </div>
  );
}

function Found({ side, preview }: { side: NewOrder["side"]; preview: OrderPreview }) {
  const words = texts.neighbours.preview;
  if (preview.slots === 0) return <p>{words.nothing[side]}</p>;
  return (
    <>
      <p>{words.metered[side](energy(preview.meteredMwh), preview.slots)}</p>
      <dl class="outcomes">
        <Outcome title={words.withOrder} outcome={preview.withOrder} />
        <Outcome title={words.asSettled} outcome={preview.asSettled} />
      </dl>
      {!preview.isComplete && <p class="muted">{words.cut}</p>}
      <p class="muted">{words.bound}</p>
    </>
  );
}

/** @param order null while it cannot be one. */
export function Preview({ order }: { order: NewOrder | null }) {
  const { client } = useApp();
  const words = texts.neighbours.preview;
  const typed = order === null ? "" : JSON.stringify(order);
  const asked = useSignal(typed);
  useEffect(() => {
    const timer = setTimeout(() => (asked.value = typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const preview = useResource(
    async () => {
      if (asked.peek() === "" || order === null) return { found: null };
      const { side, pricePerKwh, maxSlotMwh, preferred } = order;
      const most = maxSlotMwh === null ? {} : { maxSlotMwh: String(maxSlotMwh) };
      const first = preferred.length === 0 ? {} : { preferred: preferred.join(",") };
      return { found: await ifAvailable(() => bodyOf(client.trades.preview.$get({ query: { side, pricePerKwh, ...most, ...first } }))) };
    },
    { key: asked.value },
  );
  return (
    <section class="preview" aria-live="polite">
      <h3>{words.title}</h3>
      {order === null ? (
        <p class="muted">{words.noPrice}</p>
      ) : (
        <Loaded resource={preview}>{({ found }) => (found === null ? <p class="muted">{words.untold}</p> : <Found side={order.side} preview={found} />)}</Loaded>
      )}
    </section>
  );
}
