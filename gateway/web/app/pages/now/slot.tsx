/**
 * The settlement slot that is open now: when it closes, what it counted, and what that will cost or earn.
 * @module
 */
import { bodyOf } from "#gateway/api/client.ts";
import { useApp } from "../../app.ts";
import { ifAvailable } from "../../available.ts";
import { coins, costOf } from "../../coins.ts";
import { Card } from "../../components/card.tsx";
import { duration, slotEnergy } from "../../format.ts";
import { useResource } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { between, newestPrice } from "./slot-energy.ts";
import type { Counters } from "./slot-energy.ts";

/** Settlements that are looked through for a trade of this home. */
const LOOKED_THROUGH = "50";

/** What the bus meters had counted when the slot began; null while a meter has no reading in it. */
function useSlotStart(slot: number, slotMs: number) {
  const { client, model } = useApp();
  const key = `${slot}`;
  return useResource(
    async () => {
      const meters = model.boards.peek().flatMap((board) => board.meters.filter(({ kind }) => kind === "bus"));
      const firsts = await Promise.all(
        meters.map(async ({ boardId, meter }) => {
          const query = { boardId, meter: String(meter), fromUtcMs: String(slot * slotMs), limit: "1" };
          return (await bodyOf(client.readings.$get({ query }))).items[0];
        }),
      );
      return { meters, firsts };
    },
    { key, again: Math.floor(model.nowUtcMs.value / 10_000) },
  );
}

function SlotMoney({ counted }: { counted: Counters }) {
  const { client, model } = useApp();
  const settlements = useResource(async () => (await ifAvailable(() => bodyOf(client.settlements.$get({ query: { limit: LOOKED_THROUGH } }))))?.items ?? [], {
    follow: (all, message) => (message.name === "settlement" ? [message.data, ...all.filter(({ slot }) => slot !== message.data.slot)] : all),
  });
  const node = model.node.value?.id;
  if (node === undefined || settlements.data.value === null) return <p class="muted slot-money"> </p>;
  const isBuying = counted.importMwh >= counted.exportMwh;
  const energyMwh = isBuying ? counted.importMwh : counted.exportMwh;
  const price = newestPrice(settlements.data.value, node, isBuying ? "buyer" : "seller");
  if (price === null) return <p class="muted slot-money">{texts.now.slotNoPrice}</p>;
  const amount = coins(costOf(energyMwh, price));
  return <p class="slot-money">{(isBuying ? texts.now.slotCost : texts.now.slotEarning)(amount, coins(price))}</p>;
}

function SlotEnergy({ slot, slotMs }: { slot: number; slotMs: number }) {
  const { model } = useApp();
  const start = useSlotStart(slot, slotMs).data.value;
  const latest = model.boards.value.flatMap((board) => board.meters.filter(({ kind }) => kind === "bus").map(({ latestReading }) => latestReading));
  const pairs = start?.firsts.map((first, index) => ({ first, last: latest[index] })) ?? [];
  const known = pairs.flatMap(({ first, last }) => (first === undefined || last === null || last === undefined ? [] : [between(first, last)]));
  if (known.length === 0 || known.length < latest.length) return <p class="muted">{texts.now.slotUnknown}</p>;
  const counted = known.reduce((sum, one) => ({ importMwh: sum.importMwh + one.importMwh, exportMwh: sum.exportMwh + one.exportMwh }));
  const words = texts.now.slotEnergy;
  if (counted.importMwh + counted.exportMwh === 0) return <p class="muted">{texts.now.slotNothing}</p>;
  return (
    <>
      {counted.importMwh > 0 && <p>{words.import(slotEnergy(counted.importMwh))}</p>}
      {counted.exportMwh > 0 && <p>{words.export(slotEnergy(counted.exportMwh))}</p>}
      <SlotMoney counted={counted} />
    </>
  );
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
          <SlotEnergy slot={slot} slotMs={node.slotMs} />
        </div>
      </div>
    </Card>
  );
}
