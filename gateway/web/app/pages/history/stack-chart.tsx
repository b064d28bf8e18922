/**
 * Power or energy by origin, on top of each other, with tariff bands behind and what is estimated or subscribed over it.
 * @module
 */
import { useMemo } from "preact/hooks";
import uPlot from "uplot";
import { priceSegments } from "#gateway/tariffs/bands.ts";
import type { Tariff } from "#gateway/api/schemas/tariffs.ts";
import { energy, watts } from "../../format.ts";
import { texts } from "../../texts.ts";
import { Chart } from "./chart.tsx";
import { colorOf } from "./layers.ts";
import { cumulated, inWatts } from "./origin.ts";
import type { Stack } from "./origin.ts";
import { drawThreshold, fillTimes, stretchesWhere } from "./overlays.ts";

export interface StackChartProps {
  label: string;
  stack: Stack;
  kind: "power" | "energy";
  tariffs: readonly Tariff[];
  timeZone: string;
  /** In W; null for none. */
  thresholdW: number | null;
}

/** Every second band of a tariff is tinted: what is plain and what is tinted differ in price. */
function tintedTimes(tariffs: readonly Tariff[], fromUtcMs: number, toUtcMs: number) {
  const [first] = tariffs;
  if (first === undefined) return [];
  return priceSegments([...tariffs], fromUtcMs, toUtcMs).filter(({ band, tariff }) => tariff.bands.indexOf(band) > 0);
}

/** Distances of the marks where a step is a day or more. */
const DAYS_S = [1, 2, 7, 14, 30, 61].map((days) => days * 86_400);

/** "14:00", and at midnight the day. */
function timeText(timeZone: string): (seconds: number) => string {
  const { locale } = texts.common;
  const time = new Intl.DateTimeFormat(locale, { timeZone, hour: "2-digit", minute: "2-digit" });
  const day = new Intl.DateTimeFormat(locale, { timeZone, day: "numeric", month: "short" });
  return (seconds) => {
    const text = time.format(seconds * 1000);
    return text === "00:00" ? day.format(seconds * 1000) : text;
  };
}

function optionsOf({ stack, kind, tariffs, timeZone, thresholdW }: StackChartProps) {
  const { steps, layers, estimated } = stack;
  const [first, last] = [steps[0], steps.at(-1)];
  const isByDay = first !== undefined && first.endUtcMs - first.startUtcMs > 3_600_000;
  const isBars = kind === "energy";
  const tinted = tintedTimes(tariffs, first?.startUtcMs ?? 0, last?.endUtcMs ?? 0);
  const uncertain = stretchesWhere(steps, (_, index) => estimated[index] === true);
  const bars = uPlot.paths.bars?.({ size: [0.8, 60], align: 1 });
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  return (color: (name: string) => string): Omit<uPlot.Options, "width" | "height"> => ({
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), timeZone),
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    scales: { x: { range: () => [(first?.startUtcMs ?? 0) / 1000, (last?.endUtcMs ?? 0) / 1000] }, y: { range: (_plot, _low, high) => [0, Math.max(high * 1.05, thresholdW ?? 0, 1)] } },
    axes: [
      {
        stroke: color("--muted"),
        grid: { stroke: color("--line") },
        ticks: { stroke: color("--line") },
        ...(isByDay && { incrs: DAYS_S }),
        values: (_plot, splits) => splits.map(timeText(timeZone)),
      },
      {
        stroke: color("--muted"),
        grid: { stroke: color("--line") },
        ticks: { stroke: color("--line") },
        size: 76,
        values: (_plot, values) => values.map((value) => (kind === "power" ? watts(value * 1000) : energy(value))),
      },
    ],
    // The highest line first, so that each covers what it is not.
    series: [
      {},
      ...layers.toReversed().map(({ origin }) => ({
        stroke: color(colorOf(origin)),
        fill: color(colorOf(origin)),
        width: isBars ? 0 : 1,
        points: { show: false },
        ...(isBars ? bars !== undefined && { paths: bars } : stepped !== undefined && { paths: stepped }),
      })),
    ],
    hooks: {
      drawClear: [(plot) => fillTimes(plot, tinted, color("--tint"))],
      draw: [
        (plot) => {
          fillTimes(plot, uncertain, color("--control"), true);
          if (thresholdW !== null && kind === "power") drawThreshold(plot, thresholdW, color("--warn"));
        },
      ],
    },
  });
}

export function StackChart(props: StackChartProps) {
  const { stack, kind, label } = props;
  const data = useMemo<uPlot.AlignedData>(() => {
    const lines = cumulated(stack).map((line) => (kind === "power" ? inWatts(stack, line) : line));
    return [stack.steps.map(({ startUtcMs }) => startUtcMs / 1000), ...lines.toReversed()];
  }, [stack, kind]);
  const options = useMemo(() => optionsOf(props), [stack, kind, props.tariffs, props.timeZone, props.thresholdW]);
  return (
    <>
      <Chart label={label} data={data} options={options} />
      <p class="chart-keys muted">
        {props.tariffs.length > 0 && <span class="key key-tint">{texts.history.bands}</span>}
        {stack.estimated.includes(true) && <span class="key key-estimated">{texts.history.estimated}</span>}
        {props.thresholdW !== null && kind === "power" && <span class="key key-threshold">{texts.history.threshold(watts(props.thresholdW * 1000))}</span>}
      </p>
    </>
  );
}
