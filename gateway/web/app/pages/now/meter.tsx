/**
 * One meter: power now and in the last two minutes, voltage and current, and its counters.
 * @module
 */
import type { Meter } from "#gateway/api/schemas/node.ts";
import { amperes, volts, wattHours, watts } from "../../format.ts";
import { meterKey, sparkline, WINDOW_MS } from "../../history.ts";
import type { Model } from "../../model.ts";
import { texts } from "../../texts.ts";

const WIDTH = 240;
const HEIGHT = 48;
const MINUTES = WINDOW_MS / 60_000;

function Spark({ meter, model }: { meter: Meter; model: Model }) {
  const samples = model.history.value.get(meterKey(meter.boardId, meter.meter)) ?? [];
  const drawn = sparkline(samples, model.nowUtcMs.value, WIDTH, HEIGHT);
  const label = drawn === null ? texts.now.sparklineEmpty : texts.now.sparkline(MINUTES, watts(drawn.lowMw), watts(drawn.highMw));
  return (
    <figure class="spark">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
        {drawn !== null && (
          <>
            <path class="spark-zero" d={`M0 ${drawn.zeroY}H${WIDTH}`} />
            <path class="spark-area" d={drawn.area} />
            <path class="spark-line" d={drawn.line} />
          </>
        )}
      </svg>
      <figcaption>
        <span>{texts.now.sparklineSpan(MINUTES)}</span>
        {drawn !== null && (
          <span>
            {watts(drawn.lowMw)} … {watts(drawn.highMw)}
          </span>
        )}
      </figcaption>
    </figure>
  );
}

/** Whether a meter's name says no more than its kind does. */
function sameWords(name: string, kind: string): boolean {
  const letters = (text: string) => text.toLowerCase().replaceAll(/\P{Letter}/gu, "");
  return letters(name) === letters(kind);
}

export function MeterCard({ meter, model }: { meter: Meter; model: Model }) {
  const reading = meter.latestReading;
  const kind = texts.common.meterKinds[meter.kind];
  return (
    <article class={`card meter meter-${meter.kind}`}>
      <header>
        <h3>{meter.name}</h3>
        {!sameWords(meter.name, kind) && <span class="meter-name">{kind}</span>}
      </header>
      <div class="meter-now">
        <strong>{reading === null ? texts.common.noValue : watts(reading.powerMw)}</strong>
        <span>{reading === null ? texts.common.noValue : volts(reading.voltageMv)}</span>
        <span>{reading === null ? texts.common.noValue : amperes(reading.currentMa)}</span>
      </div>
      <Spark meter={meter} model={model} />
      <dl class="counters">
        <div>
          <dt>{texts.now.imported[meter.kind]}</dt>
          <dd>{reading === null ? texts.common.noValue : wattHours(reading.importMwh)}</dd>
        </div>
        <div>
          <dt>{texts.now.exported[meter.kind]}</dt>
          <dd>{reading === null ? texts.common.noValue : wattHours(reading.exportMwh)}</dd>
        </div>
      </dl>
      {reading?.flags.includes("suspect") && <p class="meter-note">{texts.now.suspect}</p>}
    </article>
  );
}
