/**
 * Where the pins of each symbol are, relative to its centre. The drawing tool reports where it put them, and the build fails on a
 * difference.
 * @module
 */
import { partOf } from "../parts.ts";
import type { PartKind } from "../parts.ts";
import type { PlacedPart, Point } from "./sketch.ts";

/** A box with named pins on its sides, from top to bottom and from left to right. */
export interface Box {
  width: number;
  height: number;
  left?: readonly string[];
  right?: readonly string[];
  top?: readonly string[];
  bottom?: readonly string[];
}

/** Between pins of a box, and the length of a pin. */
export const PIN_PITCH = 0.4;
export const PIN_LENGTH = 0.4;

type Offsets = Readonly<Record<string, Point>>;

const inLine = (half: number, first: string, second: string): Offsets => ({ [first]: { x: -half, y: 0 }, [second]: { x: half, y: 0 } });

/** Unturned: two-pole parts lie, their first pin to the left. */
const SYMBOLS: Partial<Record<PartKind, Offsets>> = {
  resistor: inLine(0.3, "1", "2"),
  capacitor: inLine(0.3, "1", "2"),
  electrolytic: inLine(0.3, "+", "-"),
  diode: inLine(0.52, "A", "K"),
  schottky: inLine(0.52, "A", "K"),
  led: inLine(0.54, "A", "K"),
  tvs: inLine(0.5, "1", "2"),
  fuse: inLine(0.53, "1", "2"),
  button: inLine(0.47, "1", "2"),
  npn: { C: { x: -0.55, y: 0.29 }, B: { x: 0, y: -0.4 }, E: { x: 0.55, y: 0.29 } },
  testPoint: { "1": { x: -0.2, y: 0 } },
  relay: {
    COM: { x: -1, y: 0.6 },
    NO: { x: 1, y: 0.6 },
    NC: { x: 1, y: 1 },
    A1: { x: -1, y: -0.6 },
    A2: { x: 1, y: -0.6 },
  },
  shunt: { "I+": { x: -0.7, y: 0 }, "I-": { x: 0.7, y: 0 }, "S+": { x: -0.3, y: -0.6 }, "S-": { x: 0.3, y: -0.6 } },
};

function turned({ x, y }: Point, turn: PlacedPart["turn"]): Point {
  if (turn === 90) return { x: -y, y: x };
  if (turn === 180) return { x: -x, y: -y };
  return turn === 270 ? { x: y, y: -x } : { x, y };
}

function boxOffsets({ width, height, left = [], right = [], top = [], bottom = [] }: Box): Offsets {
  const offsets: Record<string, Point> = {};
  const along = (index: number, count: number): number => ((count - 1) / 2 - index) * PIN_PITCH;
  left.forEach((pin, i) => (offsets[pin] = { x: -width / 2 - PIN_LENGTH, y: along(i, left.length) }));
  right.forEach((pin, i) => (offsets[pin] = { x: width / 2 + PIN_LENGTH, y: along(i, right.length) }));
  top.forEach((pin, i) => (offsets[pin] = { x: -along(i, top.length), y: height / 2 + PIN_LENGTH }));
  bottom.forEach((pin, i) => (offsets[pin] = { x: -along(i, bottom.length), y: -height / 2 - PIN_LENGTH }));
  return offsets;
}

/** Pin positions of a placed part, relative to where it is. */
export function pinOffsets(placed: Pick<PlacedPart, "part" | "turn" | "box">): Offsets {
  if (placed.box) return boxOffsets(placed.box);
  const { kind } = partOf(placed.part);
  const symbol = SYMBOLS[kind];
  if (!symbol) throw new Error(`a ${kind} has no symbol: place it as a box`);
  return Object.fromEntries(Object.entries(symbol).map(([pin, offset]) => [pin, turned(offset, placed.turn)]));
}
