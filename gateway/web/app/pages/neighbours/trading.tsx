/**
 * What was traded in this slot, today or this month: the picture of all homes, and what this home bought and sold.
 * @module
 */
import { useSignal } from "@preact/signals";
import { bodyOf } from "#gateway/api/client.ts";
import type { Node } from "#gateway/api/schemas/node.ts";
import type { Settlement } from "#gateway/api/schemas/trade.ts";
import { useApp } from "../../app.ts";
import { ifAvailable, readPages } from "../../available.ts";
import { coins } from "../../coins.ts";
import { Card } from "../../components/card.tsx";
import { Empty, Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { energy, timeOf } from "../../format.ts";
import { useResource } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { FlowTable, Picture } from "./picture.tsx";
import { firstSlot, type Period, PERIODS } from "./range.ts";
import { flowsOf, type Partner, partnersOf, withSettlement } from "./trades.ts";

/** Settlements that are read at most: a month of quarter-hours, with room. */
const MOST_PAGES = 4;

interface Traded {
  fromSlot: number;
  settlements: Settlement[];
  isComplete: boolean;
}

function partnerColumns(names: readonly [string, string, string, string], nameOf: (node: number) => string): Column<Partner>[] {
  const words = texts.neighbours;
  return [
    { name: names[0], cell: ({ node }) => nameOf(node) },
    { name: names[1], isNumber: true, cell: ({ energyMwh }) => energy(energyMwh) },
    { name: names[2], isNumber: true, cell: ({ amount }) => words.coins(coins(amount)) },
    { name: names[3], isNumber: true, cell: ({ pricePerKwh }) => words.perKwh(coins(pricePerKwh)) },
  ];
}

function Partners({ traded, self, nameOf }: { traded: Traded; self: number; nameOf: (node: number) => string }) {
  const words = texts.neighbours;
  const flows = flowsOf(traded.settlements);
  const bought = partnersOf(flows, self, "bought");
  const sold = partnersOf(flows, self, "sold");
  const { from, consumed, total, price, credit } = words.boughtColumns;
  const [fromColumn, consumedColumn, totalColumn, priceColumn] = partnerColumns([from, consumed, total, price], nameOf);
  if (fromColumn === undefined || consumedColumn === undefined || totalColumn === undefined || priceColumn === undefined) return null;
  const creditColumn: Column<Partner> = { name: credit, isNumber: true, cell: () => <span class="muted">{words.creditUntold}</span> };
  const columns = [fromColumn, consumedColumn, creditColumn, totalColumn, priceColumn];
  const soldNames = [words.soldColumns.to, words.soldColumns.delivered, words.soldColumns.total, words.soldColumns.price] as const;
  return (
    <>
      <Card title={words.bought}>
        {bought.length === 0 ? (
          <Empty>{words.noBought}</Empty>
        ) : (
          <>
            <Table caption={words.bought} columns={columns} rows={bought} keyOf={({ node }) => node} />
            <p class="muted">{words.creditHelp}</p>
          </>
        )}
      </Card>
      <Card title={words.sold}>
        {sold.length === 0 ? (
          <Empty>{words.noSold}</Empty>
        ) : (
          <Table caption={words.sold} columns={partnerColumns(soldNames, nameOf)} rows={sold} keyOf={({ node }) => node} />
        )}
      </Card>
    </>
  );
}

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

export function Trading({ node, nameOf }: { node: Node; nameOf: (node: number) => string }) {
  const { client, model } = useApp();
  const words = texts.neighbours;
  const period = useSignal<Period>("day");
  const traded = useResource<{ found: Traded | null }>(
    async () => {
      const asked = period.peek();
      const { slotMs } = node;
      const found = await ifAvailable(async () => {
        if (asked === "slot") {
          const { items } = await bodyOf(client.settlements.$get({ query: { limit: "1" } }));
          return { fromSlot: items[0]?.slot ?? 0, settlements: items, isComplete: true };
        }
        const fromSlot = await firstSlot(client, asked, { nowUtcMs: model.nowUtcMs.peek(), slotMs });
        const query = { fromSlot: String(fromSlot), limit: "1000" };
        const read = await readPages((cursor) => bodyOf(client.settlements.$get({ query: { ...query, ...cursor } })), MOST_PAGES);
        return { fromSlot, settlements: read.items, isComplete: read.isComplete };
      });
      return { found };
    },
    {
      key: period.value,
      follow: (shown, message) => {
        if (message.name !== "settlement" || shown.found === null) return shown;
        const settlements = withSettlement(shown.found.settlements, message.data, shown.found.fromSlot);
        return { found: { ...shown.found, settlements: period.peek() === "slot" ? settlements.slice(0, 1) : settlements } };
      },
    },
  );
  const nowMs = model.nowUtcMs.value;
  const shown = traded.data.value?.found ?? null;
  return (
    <>
      <Card title={words.trades} aside={<PeriodChoice period={period.value} onChoose={(one) => (period.value = one)} />}>
        <Loaded resource={traded}>
          {({ found }) => {
            if (found === null) return <Empty>{words.noExchange}</Empty>;
            const flows = flowsOf(found.settlements);
            const newest = found.settlements[0];
            return (
              <>
                {period.value === "slot" && newest !== undefined && (
                  <p class="muted">
                    {words.newestSlot(
                      newest.slot,
                      timeOf(newest.slot * node.slotMs, nowMs),
                      timeOf((newest.slot + 1) * node.slotMs, nowMs),
                    )}
                  </p>
                )}
                {!found.isComplete && <p class="notice">{words.cut(found.settlements.length)}</p>}
                {flows.length === 0 ? (
                  <Empty>{words.noTrades[period.value]}</Empty>
                ) : (
                  <>
                    <Picture flows={flows} self={node.id} nameOf={nameOf} />
                    <FlowTable flows={flows} nameOf={nameOf} />
                  </>
                )}
              </>
            );
          }}
        </Loaded>
      </Card>
      {shown !== null && <Partners traded={shown} self={node.id} nameOf={nameOf} />}
    </>
  );
}
