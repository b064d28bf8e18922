/**
 * Power or energy of a time: totals beside those before, the chart, the table to take away.
 * @module
 */
import type { Tariff } from "#gateway/api/schemas/tariffs.ts";
import { Card } from "../../components/card.tsx";
import { Empty, Loaded } from "../../components/states.tsx";
import { energy, percent } from "../../format.ts";
import { useResource } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { readStack } from "./data.ts";
import type { Source } from "./data.ts";
import { Download } from "./download.tsx";
import { colorOf, isFromNeighbours, nameOf } from "./layers.ts";
import { inWatts, totalMwh } from "./origin.ts";
import type { Stack } from "./origin.ts";
import { StackChart } from "./stack-chart.tsx";
import { Totals } from "./totals.tsx";
import type { Total } from "./totals.tsx";
import { dayCount, energyResolution, powerResolution } from "./view.ts";
import type { Span, View } from "./view.ts";

export interface StackViewProps {
  source: Source;
  view: View & { kind: "power" | "energy" };
  span: Span;
  before: Span;
  tariffs: readonly Tariff[];
  timeZone: string;
}

function totalsOf(stack: Stack, before: Stack): Total[] {
  const isKnown = before.coveredMs > 0;
  const hasNodes = stack.layers.some(({ origin }) => origin.startsWith("node "));
  const totals: Total[] = stack.layers.map(({ origin }) => {
    // Settled or not, what the neighbours gave compares as a whole.
    const same = (other: typeof origin) => (hasNodes || !isFromNeighbours(origin) ? other === origin : isFromNeighbours(other));
    const of = (all: Stack) => totalMwh(all, same);
    return { name: nameOf(origin, hasNodes), color: colorOf(origin), value: of(stack), before: isKnown ? of(before) : null, text: energy };
  });
  return [...totals, { name: texts.history.total.given, color: null, value: stack.givenMwh, before: isKnown ? before.givenMwh : null, text: energy }];
}

function table(stack: Stack, kind: "power" | "energy") {
  const hasNodes = stack.layers.some(({ origin }) => origin.startsWith("node "));
  const unit = kind === "power" ? "W" : "mWh";
  const values = stack.layers.map((layer) => (kind === "power" ? inWatts(stack, layer.values) : layer.values));
  return {
    columns: ["startUtc", "endUtc", ...stack.layers.map(({ origin }) => `${nameOf(origin, hasNodes)} (${unit})`), "estimated"],
    rows: stack.steps.map(({ startUtcMs, endUtcMs }, step) => [
      new Date(startUtcMs).toISOString(),
      new Date(endUtcMs).toISOString(),
      ...values.map((one) => one[step] ?? null),
      stack.estimated[step] === true ? 1 : 0,
    ]),
  };
}

export function StackView({ source, view, span, before, tariffs, timeZone }: StackViewProps) {
  const days = dayCount(view.from, view.to);
  const resolution = view.kind === "power" ? powerResolution(days) : energyResolution(days);
  const resource = useResource(
    async () => {
      // The totals of the time before need no fine steps.
      const [shown, earlier] = await Promise.all([readStack(source, span, resolution), readStack(source, before, energyResolution(days))]);
      return { shown, earlier };
    },
    { key: JSON.stringify([view.kind, span, source.meters.map(({ meterId }) => meterId)]) },
  );
  const thresholdW = tariffs.at(-1)?.subscribedPowerW ?? null;
  const title = texts.history.kinds[view.kind];
  return (
    <Loaded resource={resource}>
      {({ shown, earlier }) => (
        <Card
          title={title}
          class="history"
          aside={<Download name={`daisee-${view.kind}-${view.from}-${view.to}.csv`} {...table(shown, view.kind)} />}
        >
          {shown.coveredMs === 0 && !shown.layers.some(({ values }) => values.some((value) => value !== null && value > 0)) ? (
            <Empty>{texts.history.nothing}</Empty>
          ) : (
            <>
              <StackChart
                label={texts.history.chart(title, view.from === view.to ? view.from : `${view.from} – ${view.to}`)}
                stack={shown}
                kind={view.kind}
                tariffs={tariffs}
                timeZone={timeZone}
                thresholdW={thresholdW}
              />
              <Totals totals={totalsOf(shown, earlier)} />
              <p class="muted">{texts.history.covered(percent(Math.round((1000 * shown.coveredMs) / (span.toUtcMs - span.fromUtcMs))))}</p>
            </>
          )}
        </Card>
      )}
    </Loaded>
  );
}
