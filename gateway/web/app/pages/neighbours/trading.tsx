/**
 * What was traded in this slot, today or this month: the picture of all homes, and what this home bought and sold.
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { bodyOf } from "#gateway/api/client.ts";
import type { Node } from "#gateway/api/schemas/node.ts";
import type { Flows } from "#gateway/api/schemas/trade.ts";
import { useApp } from "../../app.ts";
import { ifAvailable } from "../../available.ts";
import { Card } from "../../components/card.tsx";
import { Empty, Loaded } from "../../components/states.tsx";
import { timeOf } from "../../format.ts";
import { useResource } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { Partners } from "./partners.tsx";
import { FlowTable, Picture } from "./picture.tsx";
import { firstSlot, type Period, PERIODS } from "./range.ts";

function PeriodChoice({ period, onChoose }: { period: Period; onChoose: (period: Period) => void }) {
  return (
    <div class="segments" role="group" aria-label={texts.neighbours.period}>
      {PERIODS.map((one) => (
        <button key={one} type="button" class="segment" aria-pressed={one === period} onClick={() => onChoose(one)}>
          {texts.neighbours.periods[one]}
        </button>
      ))}
    </div>
  );
}

interface TradedProps {
  flows: Flows;
  period: Period;
  node: Node;
  nowMs: number;
  nameOf: (node: number) => string;
}

function Traded({ flows: { items, toSlot, slots, isComplete }, period, node, nowMs, nameOf }: TradedProps) {
  const words = texts.neighbours;
  const flowing = items.filter(({ energyMwh }) => energyMwh > 0);
  return (
    <>
      {period === "slot" && toSlot !== null && (
        <p class="muted">{words.newestSlot(toSlot, timeOf(toSlot * node.slotMs, nowMs), timeOf((toSlot + 1) * node.slotMs, nowMs))}</p>
      )}
      {!isComplete && <p class="notice">{words.cut(slots)}</p>}
      {flowing.length === 0 ? (
        <Empty>{words.noTrades[period]}</Empty>
      ) : (
        <>
          <Picture flows={flowing} self={node.id} nameOf={nameOf} />
          <FlowTable flows={flowing} nameOf={nameOf} />
        </>
      )}
    </>
  );
}

export function Trading({ node, nameOf }: { node: Node; nameOf: (node: number) => string }) {
  const { client, model } = useApp();
  const words = texts.neighbours;
  const period = useSignal<Period>("day");
  const settled = useSignal(0);
  const traded = useResource<{ flows: Flows | null }>(
    async () => {
      const asked = period.peek();
      return {
        flows: await ifAvailable(async () => {
          if (asked === "slot") return bodyOf(client.trades.$get({ query: {} }));
          const fromSlot = await firstSlot(client, asked, { nowUtcMs: model.nowUtcMs.peek(), slotMs: node.slotMs });
          return bodyOf(client.trades.$get({ query: { fromSlot: String(fromSlot) } }));
        }),
      };
    },
    { key: period.value, again: settled.value },
  );
  // A slot that is settled for this home is settled for all.
  useEffect(() => model.listen(({ name }) => name === "settlement" && settled.value++), []);
  const flows = traded.data.value?.flows ?? null;
  return (
    <>
      <Card title={words.trades} aside={<PeriodChoice period={period.value} onChoose={(one) => (period.value = one)} />}>
        <Loaded resource={traded}>
          {(read) =>
            read.flows === null ? (
              <Empty>{words.noExchange}</Empty>
            ) : (
              <Traded flows={read.flows} period={period.value} node={node} nowMs={model.nowUtcMs.value} nameOf={nameOf} />
            )
          }
        </Loaded>
      </Card>
      {flows !== null && <Partners flows={flows.items} self={node.id} nameOf={nameOf} again={settled.value} />}
    </>
  );
}
