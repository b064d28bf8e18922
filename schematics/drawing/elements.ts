/**
 * A sheet's parts as elements of tscircuit.
 * @module
 */
import type { ReactElement } from "react";
import { orderNumber, partOf } from "../parts.ts";
import type { PartKind } from "../parts.ts";
import type { PlacedPart } from "../sheet/sketch.ts";
import { PIN_PITCH } from "../sheet/symbols.ts";
import type { Box } from "../sheet/symbols.ts";
import { element, netName, pinNumber } from "./element.ts";
import { customSymbol } from "./symbols.ts";

/** The tool sets pins 0.2 apart, and more by margins. */
const MARGIN = (PIN_PITCH - 0.2) / 2;
const MARGINS = { marginLeft: MARGIN, marginRight: MARGIN, marginTop: MARGIN, marginBottom: MARGIN };

function connections(placed: PlacedPart): Record<string, string> {
  const entries = Object.entries(placed.nets).flatMap(([pin, net]) =>
    net === null ? [] : [[`pin${pinNumber(placed, pin)}`, `net.${netName(net)}`]],
  );
  return Object.fromEntries(entries) as Record<string, string>;
}

function boxProps(placed: PlacedPart, box: Box): Record<string, unknown> {
  const side = (pins: readonly string[] | undefined, direction: string) =>
    pins ? { pins: pins.map((pin) => `pin${pinNumber(placed, pin)}`), direction } : undefined;
  const all = [...(box.left ?? []), ...(box.right ?? []), ...(box.top ?? []), ...(box.bottom ?? [])];
  const arrangement = {
    leftSide: side(box.left, "top-to-bottom"),
    rightSide: side(box.right, "top-to-bottom"),
    topSide: side(box.top, "left-to-right"),
    bottomSide: side(box.bottom, "left-to-right"),
  };
  return {
    schWidth: box.width,
    schHeight: box.height,
    schPinStyle: Object.fromEntries(all.map((pin) => [`pin${pinNumber(placed, pin)}`, MARGINS])),
    pinLabels: Object.fromEntries(all.map((pin) => [`pin${pinNumber(placed, pin)}`, pin])),
    schPinArrangement: Object.fromEntries(Object.entries(arrangement).filter(([, value]) => value !== undefined)),
  };
}

/** The tool's own symbols: its name for each, and what it wants to know beside name and place. */
const OWN: Partial<Record<PartKind, readonly [type: string, props?: (placed: PlacedPart) => Record<string, unknown>]>> = {
  resistor: ["resistor", ({ value }) => ({ resistance: value })],
  capacitor: ["capacitor", ({ value }) => ({ capacitance: (value ?? 0) * 1e-9 })],
  electrolytic: ["capacitor", ({ value }) => ({ capacitance: (value ?? 0) * 1e-9, polarized: true })],
  diode: ["diode"],
  schottky: ["diode", () => ({ schottky: true })],
  led: ["led"],
  npn: ["transistor", () => ({ type: "npn" })],
  fuse: ["fuse", ({ part }) => ({ currentRating: (partOf(part).ratings.currentMa ?? 0) / 1000 })],
  button: ["pushbutton"],
  testPoint: ["testpoint"],
};

/** One part, with its nets. */
export function partElement(placed: PlacedPart): ReactElement {
  const { ref, part, value, at, turn, box } = placed;
  const { kind } = partOf(part);
  const props = {
    key: ref,
    name: ref,
    schX: at.x,
    // The tool's fuse is drawn 0.04 above its own middle.
    schY: kind === "fuse" ? at.y - 0.04 : at.y,
    schRotation: turn,
    manufacturerPartNumber: orderNumber(part, value),
    connections: connections(placed),
  };
  if (box) return element("chip", { ...props, ...boxProps(placed, box) });
  const [type, own] = OWN[kind] ?? ["chip", customSymbol];
  return element(type, { ...props, ...own?.(placed) });
}
