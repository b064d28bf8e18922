/**
 * What a chart has behind and over its lines: tariff bands, estimated time, a threshold.
 * @module
 */
import type uPlot from "uplot";

export interface Stretch {
  fromUtcMs: number;
  toUtcMs: number;
}

/** Fills stretches of time from top to bottom of the plot; with `isHatched` by slanted lines. */
export function fillTimes(plot: uPlot, stretches: readonly Stretch[], color: string, isHatched = false): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = color;
  ctx.strokeStyle = color;
  for (const { fromUtcMs, toUtcMs } of stretches) {
    const left = plot.valToPos(fromUtcMs / 1000, "x", true);
    const width = plot.valToPos(toUtcMs / 1000, "x", true) - left;
    if (!isHatched) ctx.fillRect(left, bbox.top, width, bbox.height);
    else hatch(ctx, left, bbox.top, width, bbox.height);
  }
  ctx.restore();
}

const HATCH_DISTANCE = 8;

function hatch(ctx: CanvasRenderingContext2D, left: number, top: number, width: number, height: number): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.beginPath();
  for (let x = left - height; x < left + width; x += HATCH_DISTANCE) {
    ctx.moveTo(x, top + height);
    ctx.lineTo(x + height, top);
  }
  ctx.stroke();
  ctx.restore();
}

/** A dashed line at a value. */
export function drawThreshold(plot: uPlot, value: number, color: string): void {
  const { ctx, bbox } = plot;
  const y = plot.valToPos(value, "y", true);
  if (y < bbox.top || y > bbox.top + bbox.height) return;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.lineWidth = 2;
  ctx.setLineDash([8, 6]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

/** Neighbouring steps that are so, as stretches. */
export function stretchesWhere<Step extends { startUtcMs: number; endUtcMs: number }>(steps: readonly Step[], isSo: (step: Step, index: number) => boolean): Stretch[] {
  const found: Stretch[] = [];
  for (const [index, step] of steps.entries()) {
    if (!isSo(step, index)) continue;
    const last = found.at(-1);
    if (last?.toUtcMs === step.startUtcMs) last.toUtcMs = step.endUtcMs;
    else found.push({ fromUtcMs: step.startUtcMs, toUtcMs: step.endUtcMs });
  }
  return found;
}
