/**
 * The picture of where power flows: thick and fast where much does.
 * @module
 */
import { watts } from "../../format.ts";
import { texts } from "../../texts.ts";
import { BatteryIcon, Icon } from "./flow-icons.tsx";
import { directionOf, levelOf } from "./power.ts";
import type { Flow, Place, PowerPicture } from "./power.ts";

interface Point {
  x: number;
  y: number;
}

const HUB: Point = { x: 180, y: 122 };
const HUB_R = 32;
const NODE_R = 34;
const PLACE_AT: Record<Place, Point> = {
  sun: { x: 58, y: 44 },
  mains: { x: 302, y: 44 },
  battery: { x: 58, y: 206 },
  bus: { x: 302, y: 206 },
  load: { x: 180, y: 232 },
};
/** Room between a line's end and a circle, for the arrow's head. */
const GAP = 5;

/** A point on the way from one to another, so far from the first. */
function onTheWay(from: Point, to: Point, distance: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  return { x: from.x + ((to.x - from.x) * distance) / length, y: from.y + ((to.y - from.y) * distance) / length };
}

function Line({ flow, level }: { flow: Flow; level: number }) {
  const place = PLACE_AT[flow.place];
  const ends = [onTheWay(place, HUB, NODE_R + GAP), onTheWay(HUB, place, HUB_R + GAP)] as const;
  const [start, end] = directionOf(flow.intoHomeMw) < 0 ? [ends[1], ends[0]] : ends;
  const angle = (Math.atan2(end.y - start.y, end.x - start.x) * 180) / Math.PI;
  return (
    <g class={`flow-${flow.place} flow-level-${level}`}>
      <path class="flow-line" d={`M${start.x} ${start.y}L${end.x} ${end.y}`} />
      {level > 0 && <path class="flow-head" d="M-9 -8L0 0L-9 8" transform={`translate(${end.x} ${end.y}) rotate(${angle})`} />}
    </g>
  );
}

/** "4.38 W charging". */
function wordsOf({ place, intoHomeMw, isCalculated }: Flow): { power: string; word: string } {
  if (intoHomeMw === null) return { power: texts.common.noValue, word: texts.now.flow.unknown };
  const direction = directionOf(intoHomeMw);
  const words = texts.now.flow.words[place];
  const word = direction === 0 ? texts.now.flow.rest : direction > 0 ? words.in : words.out;
  return { power: watts(Math.abs(intoHomeMw)), word: isCalculated ? texts.now.flow.calculated(word) : word };
}

function Node({ flow, charge }: { flow: Flow; charge: number | null }) {
  const { x, y } = PLACE_AT[flow.place];
  const { power, word } = wordsOf(flow);
  const below = y + NODE_R;
  return (
    <g class={`flow-node flow-${flow.place}`}>
      <circle cx={x} cy={y} r={NODE_R} />
      <g transform={`translate(${x} ${y})`}>{flow.place === "battery" ? <BatteryIcon permille={charge} /> : <Icon place={flow.place} />}</g>
      <text class="flow-value" x={x} y={below + 21} text-anchor="middle">
        {power}
      </text>
      <text class="flow-detail" x={x} y={below + 37} text-anchor="middle">
        {word}
      </text>
    </g>
  );
}

/** @param charge of the battery in per mille. */
export function FlowPicture({ picture: { flows, restMw }, charge }: { picture: PowerPicture; charge: number | null }) {
  const strongest = Math.max(0, ...flows.map(({ intoHomeMw }) => Math.abs(intoHomeMw ?? 0)));
  const summary = flows.map((flow) => texts.now.flow.part(texts.now.flow.places[flow.place], wordsOf(flow))).join(", ");
  const hasTop = flows.some(({ place }) => place === "sun" || place === "mains");
  const hasLoad = flows.some(({ place }) => place === "load");
  const top = hasTop ? 0 : 76;
  const bottom = hasLoad ? 312 : 284;
  return (
    <svg class="flow" viewBox={`0 ${top} 360 ${bottom - top}`} role="img" aria-label={texts.now.flow.summary(summary)}>
      {flows.map((flow) => (
        <Line key={flow.place} flow={flow} level={levelOf(flow.intoHomeMw, strongest)} />
      ))}
      <g class="flow-node flow-home">
        <circle cx={HUB.x} cy={HUB.y} r={HUB_R} />
        <path class="icon-stroke" transform={`translate(${HUB.x - 180} ${HUB.y - 56})`} d="M161 56l19 -17l19 17M166 52v20h28v-20M176 72v-11h8v11" />
      </g>
      {flows.map((flow) => (
        <Node key={flow.place} flow={flow} charge={charge} />
      ))}
      {restMw !== null && (
        <>
          <text class="flow-value" x={HUB.x} y={HUB.y + HUB_R + 22} text-anchor="middle">
            {watts(Math.abs(restMw))}
          </text>
          <text class="flow-detail" x={HUB.x} y={HUB.y + HUB_R + 38} text-anchor="middle">
            {directionOf(restMw) < 0 ? texts.now.flow.restSurplus : texts.now.flow.restUse}
          </text>
        </>
      )}
    </svg>
  );
}
