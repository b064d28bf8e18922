/**
 * The settlement slot that is open now: when it closes, what it counted, and what that will cost or earn.
 * @module
 */
import { bodyOf } from "#gateway/api/client.ts";
import type { Node } from "#gateway/api/schemas/node.ts";
import type { Estimate } from "#gateway/api/schemas/trade.ts";
import { useApp } from "../../app.ts";
import { ifAvailable } from "../../available.ts";
import { coins } from "../../coins.ts";
import { Card } from "../../components/card.tsx";
import { ErrorNote } from "../../components/states.tsx";
import { duration, energy } from "../../format.ts";
import { useResource } from "../../resource.ts";
import { texts } from "../../texts.ts";

/** Times that a slot's estimate is read anew; readings come no faster in a demo, nor are they worth more. */
const READS_PER_SLOT = 5;

/** "0.012 coin" that are paid or, without a minus, earned. */
function moneyText(amount: string): string {
  const words = texts.now.slotMoney;
  return amount.startsWith("-") ? words.cost(coins(amount.slice(1))) : words.earning(coins(amount));
}

function Money({ estimate: { amount, poolAmount, basisSlot } }: { estimate: Estimate }) {
  const words = texts.now.slotMoney;
  if (amount !== null && basisSlot !== null) {
    return (
      <>
        <p class="slot-money">{moneyText(amount)}</p>
        <p class="muted">{words.basis(basisSlot)}</p>
      </>
    );
  }
  if (poolAmount === null) return <p class="muted">{words.unknown}</p>;
  return (
    <>
      <p class="slot-money">{moneyText(poolAmount)}</p>
      <p class="muted">{words.poolOnly}</p>
    </>
  );
}

function Counted({ estimate }: { estimate: Estimate }) {
  const words = texts.now.slotEnergy;
  const { energyMwh, untilUtcMs } = estimate;
  if (untilUtcMs === null) return <p class="muted">{texts.now.slotUnknown}</p>;
  if (energyMwh === 0) return <p class="muted">{texts.now.slotNothing}</p>;
  return (
    <>
      <p>{energyMwh > 0 ? words.import(energy(energyMwh)) : words.export(energy(-energyMwh))}</p>
      <Money estimate={estimate} />
    </>
  );
}

function SlotEnergy({ node, nowMs }: { node: Node; nowMs: number }) {
  const { client } = useApp();
  const estimate = useResource(async () => ({ found: await ifAvailable(() => bodyOf(client.trades.estimate.$get())) }), {
    again: Math.floor((nowMs * READS_PER_SLOT) / node.slotMs),
  });
  if (estimate.error.value !== null) return <ErrorNote message={estimate.error.value} onRetry={() => void estimate.reload()} />;
  const read = estimate.data.value;
  // An empty line keeps the place of the words that come.
  if (read === null) return <p> </p>;
  return read.found === null ? <p class="muted">{texts.now.slotNoExchange}</p> : <Counted estimate={read.found} />;
}

export function Slot() {
  const { model } = useApp();
  const node = model.node.value;
  if (node === null) return null;
  const nowMs = model.nowUtcMs.value;
  const slot = Math.floor(nowMs / node.slotMs);
  const intoMs = nowMs - slot * node.slotMs;
  return (
    <Card title={texts.now.slot} class="slot">
      <div class="slot-columns">
        <div>
          <strong class="slot-countdown">{texts.now.slotCountdown(duration(node.slotMs - intoMs + 999))}</strong>
          <div class="slot-track">
            <div class="slot-fill" style={{ width: `${(100 * intoMs) / node.slotMs}%` }} />
          </div>
          <p class="muted">{texts.now.slotDetail(slot, duration(node.slotMs))}</p>
        </div>
        <div class="slot-energy">
          <SlotEnergy node={node} nowMs={nowMs} />
        </div>
      </div>
    </Card>
  );
}
