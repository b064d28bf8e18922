/**
 * Where power flows in this home now: what its meters measure, and nothing else.
 * @module
 */
import type { Board, Meter } from "#gateway/api/schemas/node.ts";
import { watts } from "../format.ts";
import { texts } from "../texts.ts";

/** Less than this is noise of the sensors, and no flow. */
const REST_MW = 250;

/** 1: import (into the battery, from the bus), −1: export, 0: at rest. */
function directionOf(powerMw: number): -1 | 0 | 1 {
  return Math.abs(powerMw) < REST_MW ? 0 : powerMw > 0 ? 1 : -1;
}

function Line({ from, to, kind, powerMw, forward }: { from: Point; to: Point; kind: string; powerMw: number | null; forward: boolean }) {
  const direction = powerMw === null ? 0 : directionOf(powerMw);
  const [start, end] = forward === direction > 0 ? [from, to] : [to, from];
  const moves = direction !== 0;
  return (
    <g class={`flow-line flow-${kind} ${moves ? "flow-moves" : ""}`}>
      <path d={`M${start.x} ${start.y}L${end.x} ${end.y}`} marker-end={moves ? "url(#flow-arrow)" : undefined} />
    </g>
  );
}

interface Point {
  x: number;
  y: number;
}

/** Ends of the two lines, at the circles' rims. */
const HOME_LEFT: Point = { x: 148, y: 88 };
const HOME_RIGHT: Point = { x: 212, y: 88 };
const BATTERY: Point = { x: 98, y: 142 };
const BUS: Point = { x: 262, y: 142 };

function powerOf(meter: Meter | undefined): number | null {
  return meter?.latestReading?.powerMw ?? null;
}

function BatteryIcon({ permille }: { permille: number | null }) {
  const height = 32 * ((permille ?? 0) / 1000);
  return (
    <g transform="translate(66 176)">
      <rect class="icon-stroke" x="-11" y="-17" width="22" height="38" rx="4" />
      <path class="icon-stroke" d="M-4 -21h8" />
      <rect class="icon-fill" x="-8" y={18 - height} width="16" height={height} rx="1.5" />
    </g>
  );
}

/** The picture of one board's home. */
export function Flow({ board }: { board: Board }) {
  const battery = board.meters.find(({ kind }) => kind === "battery");
  const bus = board.meters.find(({ kind }) => kind === "bus");
  const batteryMw = powerOf(battery);
  const busMw = powerOf(bus);
  const text = (powerMw: number | null) => (powerMw === null ? texts.noValue : watts(Math.abs(powerMw)));
  const batteryText = batteryMw === null ? texts.noValue : texts.batteryFlow(text(batteryMw), directionOf(batteryMw));
  const busText = busMw === null ? texts.noValue : texts.busFlow(text(busMw), directionOf(busMw));
  return (
    <svg class="flow" viewBox="0 0 360 240" role="img" aria-label={texts.flowSummary(batteryText, busText)}>
      <defs>
        <marker id="flow-arrow" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="4.5" markerHeight="4.5" orient="auto-start-reverse">
          <path d="M1 1L6.5 4L1 7" class="flow-head" />
        </marker>
      </defs>
      {/* Import of the battery runs from the home to it; import of the bus runs from it to the home. */}
      <Line kind="own" from={HOME_LEFT} to={BATTERY} powerMw={batteryMw} forward={true} />
      <Line kind="bus" from={BUS} to={HOME_RIGHT} powerMw={busMw} forward={true} />
      <g class="flow-node flow-home">
        <circle cx="180" cy="56" r="42" />
        <path class="icon-stroke" d="M161 56l19 -17l19 17M166 52v20h28v-20M176 72v-11h8v11" />
      </g>
      <g class="flow-node flow-own">
        <circle cx="66" cy="176" r="42" />
        <BatteryIcon permille={battery?.latestReading?.chargePermille ?? null} />
      </g>
      <g class="flow-node flow-bus">
        <circle cx="294" cy="176" r="42" />
        <path class="icon-stroke" d="M270 178l10 -9l10 9M273 176v13h14v-13M298 178l10 -9l10 9M301 176v13h14v-13M287 163h14M287 158h14" />
      </g>
      <text class="flow-value" x="108" y="104" text-anchor="end">
        {text(batteryMw)}
      </text>
      <text class="flow-value" x="252" y="104" text-anchor="start">
        {text(busMw)}
      </text>
      <text class="flow-label" x="66" y="235" text-anchor="middle">
        {texts.flow.battery}
      </text>
      <text class="flow-label" x="294" y="235" text-anchor="middle">
        {texts.flow.bus}
      </text>
      <text class="flow-label" x="180" y="121" text-anchor="middle">
        {texts.flow.home}
      </text>
      <text class="flow-detail" x="180" y="137" text-anchor="middle">
        {texts.flow.homeDetail}
      </text>
    </svg>
  );
}
