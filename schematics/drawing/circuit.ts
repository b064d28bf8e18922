/**
 * A sheet as circuit JSON. tscircuit places symbols and keeps the netlist; wires and labels are the sheet's own, since the tool's router
 * crosses and covers. A pin that is not where the sheet took it to be is refused.
 * @module
 */
import { RootCircuit } from "@tscircuit/core";
import { partOf } from "../parts.ts";
import { junctionsOf, piecesOf, samePoint } from "../sheet/geometry.ts";
import type { Label, LabelStyle, PlacedPart, Sheet } from "../sheet/sketch.ts";
import { pinPoint } from "../sheet/sketch.ts";
import { pinOffsets } from "../sheet/symbols.ts";
import { valueText } from "../values.ts";
import { element, netName, pinNumber } from "./element.ts";
import { partElement } from "./elements.ts";

/** Circuit JSON as the tool types it: a union of a hundred elements, of which this folder reads six, field by field. */
// oxlint-disable-next-line typescript/no-explicit-any -- a type of our own for it would only repeat the tool's
export type CircuitJson = any;

/** One element of it. */
export type CircuitElement = { type: string } & Record<string, CircuitJson>;

function byType(circuit: readonly CircuitElement[], type: string): CircuitElement[] {
  return circuit.filter((candidate) => candidate.type === type);
}

/** Throws unless every pin is where the sheet's wires expect it. */
function checkPins(circuit: readonly CircuitElement[], sheet: Sheet): void {
  const components = new Map(byType(circuit, "source_component").map((component) => [component["name"], component["source_component_id"]]));
  const drawings = new Map(
    byType(circuit, "schematic_component").map((drawing) => [drawing["source_component_id"], drawing["schematic_component_id"]]),
  );
  const ports = byType(circuit, "schematic_port");
  for (const placed of sheet.parts) {
    const drawing = drawings.get(components.get(placed.ref));
    for (const pin of Object.keys(pinOffsets(placed))) {
      const expected = pinPoint(placed, pin);
      const port = ports.find(
        (candidate) => candidate["schematic_component_id"] === drawing && candidate["pin_number"] === pinNumber(placed, pin),
      );
      if (port && samePoint(port["center"], expected)) continue;
      throw new Error(`${placed.ref}.${pin} is drawn at ${JSON.stringify(port?.["center"])}, not at ${JSON.stringify(expected)}`);
    }
  }
}

const wires = (sheet: Sheet): CircuitElement[] => {
  const junctions = junctionsOf(sheet);
  return sheet.wires.map(({ net, points }, i) => ({
    type: "schematic_trace",
    schematic_trace_id: `wire_${i}`,
    source_trace_id: `wire_${i}`,
    edges: piecesOf(points),
    junctions: junctions
      .filter((junction) => junction.net === net && points.some((point) => samePoint(point, junction.at)))
      .map(({ at }) => at),
  }));
};

const SYMBOLS: Readonly<Record<LabelStyle, string | undefined>> = {
  ground: "rail_down",
  rail: "rail_up",
  left: undefined,
  right: undefined,
};
const SIDES: Readonly<Record<LabelStyle, string>> = { ground: "top", rail: "bottom", left: "right", right: "left" };

function label({ net, at, style }: Label, i: number, netIds: ReadonlyMap<string, string>): CircuitElement {
  const [dx, dy] = { ground: [0, -0.09], rail: [0, 0.09], left: [-0.1 - 0.06 * net.length, 0], right: [0.1 + 0.06 * net.length, 0] }[style];
  const symbol = SYMBOLS[style];
  return {
    type: "schematic_net_label",
    schematic_net_label_id: `label_${i}`,
    text: net,
    source_net_id: netIds.get(netName(net)),
    anchor_position: at,
    center: { x: at.x + (dx ?? 0), y: at.y + (dy ?? 0) },
    anchor_side: SIDES[style],
    ...(symbol === undefined ? {} : { symbol_name: symbol }),
  };
}

function text(words: string, x: number, y: number, size: number, anchor: string, color: string, id: string): CircuitElement {
  return { type: "schematic_text", schematic_text_id: id, text: words, position: { x, y }, font_size: size, anchor, rotation: 0, color };
}

function frames(sheet: Sheet): CircuitElement[] {
  const all = [...sheet.frames, { title: "", from: { x: 0, y: 0 }, to: { x: sheet.width, y: sheet.height }, dashed: false }];
  return all.flatMap(({ title, from, to, dashed }, i) => [
    {
      type: "schematic_box",
      schematic_box_id: `frame_${i}`,
      x: from.x,
      y: from.y,
      width: to.x - from.x,
      height: to.y - from.y,
      is_dashed: dashed,
    },
    ...(title === "" ? [] : [text(title, from.x + 0.25, to.y - 0.35, 0.3, "left", FRAME_TEXT, `frame_title_${i}`)]),
  ]);
}

/** Colours of texts in the light theme; the dark one maps them. */
export const NOTE_TEXT = "#202020";
export const FRAME_TEXT = "#840000";
export const PART_TEXT = "#006464";

/** Signs that the tool drops from the names of a box's pins, and the pins of a relay, written by hand. */
function pinNames(placed: PlacedPart): CircuitElement[] {
  const { kind } = partOf(placed.part);
  return Object.entries(pinOffsets(placed)).flatMap(([pin, { x, y }]) => {
    const spot = kind === "relay" ? RELAY_PINS[pin] : placed.box && /[+-]/.test(pin) ? [x + (x < 0 ? 0.45 : -0.45), y] : undefined;
    const [dx, dy] = spot ?? [];
    if (dx === undefined || dy === undefined) return [];
    const anchor = kind === "relay" ? "center" : x < 0 ? "left" : "right";
    return [
      text(pin, placed.at.x + dx, placed.at.y + dy, 0.15, anchor, kind === "relay" ? PART_TEXT : FRAME_TEXT, `pin_${placed.ref}_${pin}`),
    ];
  });
}

const RELAY_PINS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  COM: [-0.8, 0.72],
  NO: [0.8, 0.47],
  NC: [0.68, 1.13],
  A1: [-0.6, -0.48],
  A2: [0.6, -0.48],
};

/** Name and value beside the symbols that are ours. */
function ownNames(placed: PlacedPart): CircuitElement[] {
  if (placed.box) return [];
  const spots: Partial<Record<string, readonly [x: number, y: number, gap: number]>> = {
    tvs: [0.3, 0.15, 0.3],
    relay: [1.45, 0.15, 0.3],
    shunt: [-0.5, 0.7, 0.28],
  };
  const spot = spots[partOf(placed.part).kind];
  if (!spot) return [];
  const [x, y, gap] = spot;
  const names = [placed.ref, valueText(placed.part, placed.value)];
  return names.map((name, i) => text(name, placed.at.x + x, placed.at.y + y - gap * i, 0.18, "left", PART_TEXT, `name_${placed.ref}_${i}`));
}

function crosses(sheet: Sheet): CircuitElement[] {
  const arm = 0.1;
  return sheet.crosses.flatMap(({ x, y }, i) =>
    [1, -1].map((sign) => ({
      type: "schematic_line",
      schematic_line_id: `cross_${i}_${sign}`,
      x1: x - arm,
      y1: y - arm * sign,
      x2: x + arm,
      y2: y + arm * sign,
      stroke_width: 0.02,
      color: "rgb(132, 0, 0)",
      is_dashed: false,
    })),
  );
}

/** Draws a sheet. */
export async function drawCircuit(sheet: Sheet): Promise<CircuitElement[]> {
  const root = new RootCircuit();
  root.pcbDisabled = true;
  root.add(element("board", { routingDisabled: true, schAutoLayoutEnabled: false }, ...sheet.parts.map(partElement)));
  await root.renderUntilSettled();
  const json: CircuitJson = root.getCircuitJson();
  const circuit: CircuitElement[] = json;
  const failure = circuit.find(({ type }) => type.endsWith("_error"));
  if (failure) throw new Error(`tscircuit: ${failure["message"] ?? failure.type}`);
  checkPins(circuit, sheet);

  const values = new Map(sheet.parts.map((placed) => [placed.ref, valueText(placed.part, placed.value)]));
  const names = new Map(
    byType(circuit, "source_component").map((component) => [component["source_component_id"], String(component["name"])]),
  );
  const netIds = new Map(byType(circuit, "source_net").map((net) => [String(net["name"]), String(net["source_net_id"])]));
  const own = new Set(byType(circuit, "schematic_line").map((line) => line["schematic_component_id"]));
  const kept = circuit
    .filter(({ type }) => !["schematic_trace", "schematic_net_label"].includes(type) && !type.endsWith("_warning"))
    .map((candidate) => {
      // Names at the pins of our own symbols would lie across their lines.
      if (candidate.type === "schematic_port" && own.has(candidate["schematic_component_id"]))
        return { ...candidate, display_pin_label: undefined };
      const name = candidate.type === "schematic_component" ? names.get(candidate["source_component_id"]) : undefined;
      return name !== undefined && candidate["symbol_name"] ? { ...candidate, symbol_display_value: values.get(name) ?? "" } : candidate;
    });
  return [
    ...kept,
    ...wires(sheet),
    ...sheet.labels.map((each, i) => label(each, i, netIds)),
    ...crosses(sheet),
    ...frames(sheet),
    ...sheet.parts.flatMap(ownNames),
    ...sheet.parts.flatMap(pinNames),
    ...sheet.texts.map((note, i) => text(note.text, note.at.x, note.at.y, note.size, note.anchor, NOTE_TEXT, `note_${i}`)),
  ];
}
