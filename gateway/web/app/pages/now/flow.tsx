/**
 * Where power flows in this home now: what its meters measure, and nothing else.
 * @module
 */
import type { Board, Meter } from "#gateway/api/schemas/node.ts";
import { watts } from "../../format.ts";
import { texts } from "../../texts.ts";

/** Less than this is noise of the sensors, and no flow. */
const REST_MW = 250;

/** 1: import (into the battery, from the bus), −1: export, 0: at rest. */
function directionOf(powerMw: number): -1 | 0 | 1 {
  return Math.abs(powerMw) < REST_MW ? 0 : powerMw > 0 ? 1 : -1;
}

interface Point {
  x: number;
  y: number;
}

/** From `from` to `to` while power flows so, back when it flows back, and without an arrow at rest. */
function Line({ from, to, kind, direction }: { from: Point; to: Point; kind: string; direction: -1 | 0 | 1 }) {
  const [start, end] = direction < 0 ? [to, from] : [from, to];
  const angle = (Math.atan2(end.y - start.y, end.x - start.x) * 180) / Math.PI;
  return (
    <g class={`flow-${kind} ${direction === 0 ? "flow-rests" : "flow-moves"}`}>
      <path class="flow-line" d={`M${start.x} ${start.y}L${end.x} ${end.y}`} />
      {direction !== 0 && <path class="flow-head" d="M-11 -8L0 0L-11 8" transform={`translate(${end.x} ${end.y}) rotate(${angle})`} />}
    </g>
  );
}

/** Ends of the two lines, at the circles' rims. */
const HOME_LEFT: Point = { x: 147, y: 92 };
const HOME_RIGHT: Point = { x: 213, y: 92 };
const BATTERY: Point = { x: 99, y: 141 };
const BUS: Point = { x: 261, y: 141 };

/** What a meter says of its line now. */
function flowOf(meter: Meter | undefined, words: { import: string; export: string }) {
  const powerMw = meter?.latestReading?.powerMw;
  if (powerMw === undefined) return { direction: 0 as const, power: texts.common.noValue, word: "" };
  const direction = directionOf(powerMw);
  const word = direction === 0 ? texts.now.flow.rest : direction > 0 ? words.import : words.export;
  return { direction, power: watts(Math.abs(powerMw)), word };
}

function Value({ x, anchor, flow }: { x: number; anchor: "start" | "end"; flow: ReturnType<typeof flowOf> }) {
  return (
    <>
      <text class="flow-value" x={x} y="92" text-anchor={anchor}>
        {flow.power}
      </text>
      <text class="flow-detail" x={x} y="109" text-anchor={anchor}>
        {flow.word}
      </text>
    </>
  );
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
  const batteryFlow = flowOf(battery, texts.now.flow.batteryWords);
  const busFlow = flowOf(bus, texts.now.flow.busWords);
  const summary = texts.now.flowSummary(`${batteryFlow.word} ${batteryFlow.power}`, `${busFlow.word} ${busFlow.power}`);
  return (
    <svg class="flow" viewBox="0 0 360 240" role="img" aria-label={summary}>
      {/* Import of the battery runs from the home to it; import of the bus runs from it to the home. */}
      <Line kind="own" from={HOME_LEFT} to={BATTERY} direction={batteryFlow.direction} />
      <Line kind="bus" from={BUS} to={HOME_RIGHT} direction={busFlow.direction} />
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
      <Value x={106} anchor="end" flow={batteryFlow} />
      <Value x={254} anchor="start" flow={busFlow} />
      <text class="flow-label" x="66" y="235" text-anchor="middle">
        {texts.now.flow.battery}
      </text>
      <text class="flow-label" x="294" y="235" text-anchor="middle">
        {texts.now.flow.bus}
      </text>
      <text class="flow-label" x="180" y="121" text-anchor="middle">
        {texts.now.flow.home}
      </text>
      <text class="flow-detail" x="180" y="137" text-anchor="middle">
        {texts.now.flow.homeDetail}
      </text>
    </svg>
  );
}
