/**
 * What is joined on the paper: pins, wires and labels that touch. A reader of the drawing sees these groups, so they must be the nets.
 * @module
 */
import { pinOffsets } from "./symbols.ts";
import { pinPoint } from "./sketch.ts";
import type { Point, Sheet } from "./sketch.ts";

interface Piece {
  from: Point;
  to: Point;
}

/** One connected group on the paper. */
export interface Group {
  /** Nets that its pins, wires and labels claim to be; a right drawing has one. */
  nets: Set<string>;
  /** Such as "R1.2". */
  pins: string[];
  labelled: boolean;
}

const NEAR = 0.001;
const close = (a: number, b: number): boolean => Math.abs(a - b) < NEAR;

export function samePoint(a: Point, b: Point): boolean {
  return close(a.x, b.x) && close(a.y, b.y);
}

/** Whether a point lies on a straight piece along an axis. */
export function onPiece({ from, to }: Piece, { x, y }: Point): boolean {
  const between = (value: number, a: number, b: number): boolean => value > Math.min(a, b) - NEAR && value < Math.max(a, b) + NEAR;
  return between(x, from.x, to.x) && between(y, from.y, to.y);
}

/** The straight pieces of a wire. Throws on a slanted one. */
export function piecesOf(points: readonly Point[]): Piece[] {
  return points.slice(1).map((to, i) => {
    const from = points[i] ?? to;
    if (!close(from.x, to.x) && !close(from.y, to.y)) throw new Error(`a wire slants from ${from.x},${from.y} to ${to.x},${to.y}`);
    return { from, to };
  });
}

interface Item {
  net: string | null;
  pin: string | null;
  labelled: boolean;
  points: readonly Point[];
  pieces: readonly Piece[];
  /** Corners of what it covers. */
  low: Point;
  high: Point;
}

function item(points: readonly Point[], rest: Partial<Item>): Item {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const bounds = { low: { x: Math.min(...xs), y: Math.min(...ys) }, high: { x: Math.max(...xs), y: Math.max(...ys) } };
  return { net: null, pin: null, labelled: false, points, pieces: [], ...bounds, ...rest };
}

function itemsOf(sheet: Sheet): Item[] {
  const wires = sheet.wires.map(({ net, points }) => item(points, { net, pieces: piecesOf(points) }));
  const labels = sheet.labels.map(({ net, at }) => item([at], { net, labelled: true }));
  const pins = sheet.parts.flatMap((part) =>
    Object.keys(pinOffsets(part)).map((pin) => item([pinPoint(part, pin)], { net: part.nets[pin] ?? null, pin: `${part.ref}.${pin}` })),
  );
  return [...wires, ...labels, ...pins];
}

/** Two items are joined where an end, a label or a pin of one lies on the other. Wires that only cross are not. */
function touches(a: Item, b: Item): boolean {
  const apart = (axis: "x" | "y"): boolean => a.high[axis] < b.low[axis] - NEAR || b.high[axis] < a.low[axis] - NEAR;
  if (apart("x") || apart("y")) return false;
  return (
    a.points.some((point) => b.points.some((other) => samePoint(point, other)) || b.pieces.some((piece) => onPiece(piece, point))) ||
    b.points.some((point) => a.pieces.some((piece) => onPiece(piece, point)))
  );
}

/** The connected groups of a sheet. */
export function groupsOf(sheet: Sheet): Group[] {
  const items = itemsOf(sheet);
  const groupOf = items.map((_each, i) => i);
  items.forEach((each, i) => {
    for (let j = 0; j < i; j++) {
      const other = items[j];
      if (!other || groupOf[i] === groupOf[j] || !touches(each, other)) continue;
      const [merged, kept] = [groupOf[j], groupOf[i]];
      groupOf.forEach((group, k) => {
        if (group === merged && kept !== undefined) groupOf[k] = kept;
      });
    }
  });
  const groups = new Map<number, Group>();
  items.forEach(({ net, pin, labelled }, i) => {
    const id = groupOf[i] ?? i;
    const group = groups.get(id) ?? { nets: new Set(), pins: [], labelled: false };
    if (net !== null) group.nets.add(net);
    if (pin !== null) group.pins.push(pin);
    group.labelled ||= labelled;
    groups.set(id, group);
  });
  return [...groups.values()];
}

/** Points where a wire's dot belongs: three or more ends meet, or an end meets another wire's middle. */
export function junctionsOf(sheet: Sheet): { net: string; at: Point }[] {
  const junctions: { net: string; at: Point }[] = [];
  const pieces = sheet.wires.flatMap(({ net, points }) => piecesOf(points).map((piece) => ({ net, piece })));
  for (const { net, points } of sheet.wires) {
    for (const point of points) {
      const arms = pieces.reduce((sum, { piece }) => {
        if (!onPiece(piece, point)) return sum;
        return sum + (samePoint(piece.from, point) || samePoint(piece.to, point) ? 1 : 2);
      }, 0);
      if (arms >= 3 && !junctions.some((other) => samePoint(other.at, point))) junctions.push({ net, at: point });
    }
  }
  return junctions;
}
