/**
 * What this home bought of whom and sold to whom, with the credit that is left at each seller.
 * @module
 */
import { bodyOf } from "#gateway/api/client.ts";
import type { Flow } from "#gateway/api/schemas/trade.ts";
import { useApp } from "../../app.ts";
import { ifAvailable } from "../../available.ts";
import { coins } from "../../coins.ts";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { energy } from "../../format.ts";
import { useResource } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { type Partner, partnersOf, withCredits } from "./trades.ts";

type NameOf = (node: number) => string;

function columnsOf(names: { who: string; energy: string; total: string; price: string }, nameOf: NameOf): Record<"who" | "energy" | "total" | "price", Column<Partner>> {
  const words = texts.neighbours;
  return {
    who: { name: names.who, cell: ({ node }) => nameOf(node) },
    energy: { name: names.energy, isNumber: true, cell: ({ energyMwh }) => energy(energyMwh) },
    total: { name: names.total, isNumber: true, cell: ({ amount }) => words.coins(coins(amount)) },
    price: { name: names.price, isNumber: true, cell: ({ pricePerKwh }) => (pricePerKwh === null ? texts.common.noValue : words.perKwh(coins(pricePerKwh))) },
  };
}

function Bought({ flows, self, nameOf, again }: { flows: readonly Flow[]; self: number; nameOf: NameOf; again: number }) {
  const { client } = useApp();
  const words = texts.neighbours;
  const account = useResource(async () => ({ found: await ifAvailable(() => bodyOf(client.exchange.account.$get())) }), { again });
  const credits = account.data.value?.found?.credits ?? null;
  const rows = withCredits(partnersOf(flows, self, "bought"), credits ?? []);
  const { who, energy: consumed, total, price } = columnsOf(words.boughtColumns, nameOf);
  const credit: Column<Partner> = {
    name: words.boughtColumns.credit,
    isNumber: true,
    cell: ({ node }) => {
      if (node === 0) return texts.common.noValue;
      if (credits === null) return <span class="muted">{words.creditUntold}</span>;
      return words.coins(coins(credits.find(({ seller }) => seller === node)?.remaining ?? 0n));
    },
  };
  return (
    <Card title={words.bought}>
      {rows.length === 0 ? (
        <Empty>{words.noBought}</Empty>
      ) : (
        <>
          <Table caption={words.bought} columns={[who, consumed, credit, total, price]} rows={rows} keyOf={({ node }) => node} />
          <p class="muted">{words.creditHelp}</p>
        </>
      )}
    </Card>
  );
}

export function Partners(props: { flows: readonly Flow[]; self: number; nameOf: NameOf; again: number }) {
  const { flows, self, nameOf } = props;
  const words = texts.neighbours;
  const sold = partnersOf(flows, self, "sold");
  const { who, energy: delivered, total, price } = columnsOf(words.soldColumns, nameOf);
  return (
    <>
      <Bought {...props} />
      <Card title={words.sold}>
        {sold.length === 0 ? (
          <Empty>{words.noSold}</Empty>
        ) : (
          <Table caption={words.sold} columns={[who, delivered, total, price]} rows={sold} keyOf={({ node }) => node} />
        )}
      </Card>
    </>
  );
}
