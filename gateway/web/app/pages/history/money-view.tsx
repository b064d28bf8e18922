/**
 * What the mains cost in a time, by tariff band, beside the time before.
 * @module
 */
import type { Money } from "#gateway/api/schemas/energy.ts";
import { Card } from "../../components/card.tsx";
import { Empty, Loaded } from "../../components/states.tsx";
import { Table } from "../../components/table.tsx";
import { duration, energy, watts } from "../../format.ts";
import { useResource } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { readMoney } from "./data.ts";
import type { Source } from "./data.ts";
import { Download } from "./download.tsx";
import { Totals } from "./totals.tsx";
import { dayCount } from "./view.ts";
import type { Span, View } from "./view.ts";

const MICRO = 1_000_000;

function moneyText(currency: string): (micro: number) => string {
  const format = new Intl.NumberFormat(texts.common.locale, { style: "currency", currency });
  return (micro) => format.format(micro / MICRO);
}

function table({ items }: Money) {
  return {
    columns: ["from", "importMwh", "exportMwh", "fixedMicro", "totalMicro", "estimatedMwh"],
    rows: items.map((item) => [item.date, item.importMwh, item.exportMwh, item.fixedMicro, item.totalMicro, item.estimatedMwh]),
  };
}

const totalMicro = ({ items }: Money): number => items.reduce((sum, item) => sum + item.totalMicro, 0);
const coveredMs = ({ items }: Money): number => items.reduce((sum, item) => sum + item.coveredMs, 0);

function Periods({ money, text }: { money: Money; text: (micro: number) => string }) {
  const words = texts.history;
  const names = [...new Set(money.items.flatMap(({ bands }) => bands.map(({ name }) => name)))];
  return (
    <Table
      caption={words.kinds.money}
      rows={money.items}
      keyOf={({ date }) => date}
      columns={[
        { name: words.from, cell: ({ date }) => date },
        ...names.map((name) => ({
          name,
          isNumber: true,
          cell: ({ bands }: Money["items"][number]) => {
            const own = bands.filter((band) => band.name === name);
            return `${energy(own.reduce((sum, band) => sum + band.importMwh, 0))} · ${text(own.reduce((sum, band) => sum + band.importMicro - band.exportMicro, 0))}`;
          },
        })),
        { name: words.fixed, isNumber: true, cell: ({ fixedMicro }) => text(fixedMicro) },
        { name: words.cost, isNumber: true, cell: (item) => <strong>{text(item.totalMicro)}</strong> },
      ]}
    />
  );
}

export function MoneyView({ source, view, span, before, timeZone }: { source: Source; view: View; span: Span; before: Span; timeZone: string }) {
  const period = dayCount(view.from, view.to) > 62 ? "month" : "day";
  const resource = useResource(
    async () => {
      const [shown, earlier] = await Promise.all([readMoney(source, span, period, timeZone), readMoney(source, before, period, timeZone)]);
      return { shown, earlier };
    },
    { key: JSON.stringify(["money", span]) },
  );
  const words = texts.history;
  return (
    <Loaded resource={resource}>
      {({ shown, earlier }) => {
        if (shown.currency === null) return <Empty>{words.noTariff}</Empty>;
        const text = moneyText(shown.currency);
        const peaks = shown.items.flatMap(({ peakPowerMw }) => peakPowerMw ?? []);
        const aboveMs = shown.items.reduce((sum, { aboveSubscribedMs }) => sum + aboveSubscribedMs, 0);
        const total = { name: words.total.cost, color: "--mains", value: totalMicro(shown), text };
        return (
          <Card title={words.kinds.money} class="history" aside={<Download name={`daisee-money-${view.from}-${view.to}.csv`} {...table(shown)} />}>
            <Totals totals={[{ ...total, before: coveredMs(earlier) > 0 ? totalMicro(earlier) : null }]} />
            <Periods money={shown} text={text} />
            {peaks.length > 0 && <p class="muted">{words.peak(watts(Math.max(...peaks)))}</p>}
            {aboveMs > 0 && <p class="muted">{words.above(duration(aboveMs))}</p>}
          </Card>
        );
      }}
    </Loaded>
  );
}
