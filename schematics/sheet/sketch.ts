/**
 * A drawing as data: placed parts, wires, labels, boxes and texts on a sheet. Lengths are in units of 12 mm; x to the right, y upwards.
 * @module
 */
import { partOf } from "../parts.ts";
import type { PartKey } from "../parts.ts";
import { pinOffsets } from "./symbols.ts";
import type { Box } from "./symbols.ts";

export interface Point {
  x: number;
  y: number;
}

export interface PlacedPart {
  ref: string;
  part: PartKey;
  value: number | null;
  at: Point;
  /** Counter-clockwise, in degrees. */
  turn: 0 | 90 | 180 | 270;
  nets: Readonly<Record<string, string | null>>;
  /** Where the pins of a box are; null for parts with a symbol of their own. */
  box: Box | null;
}

/** Straight pieces from point to point, each along an axis. */
export interface Wire {
  net: string;
  points: readonly Point[];
}

export type LabelStyle = "left" | "right" | "ground" | "rail";

/** A net's name at a point: a flag that points away from its text, a ground sign or a supply rail. */
export interface Label {
  net: string;
  at: Point;
  style: LabelStyle;
}

export interface Frame {
  title: string;
  from: Point;
  to: Point;
  dashed: boolean;
}

export interface Text {
  text: string;
  at: Point;
  size: number;
  anchor: "left" | "center" | "right";
}

export interface Sheet {
  width: number;
  height: number;
  parts: readonly PlacedPart[];
  wires: readonly Wire[];
  labels: readonly Label[];
  /** Pins that are left open on purpose. */
  crosses: readonly Point[];
  frames: readonly Frame[];
  texts: readonly Text[];
}

export function at(x: number, y: number): Point {
  return { x, y };
}

/** Where a placed part's pin is. Throws on a pin that the part does not have. */
export function pinPoint(placed: PlacedPart, pin: string): Point {
  const offset = pinOffsets(placed)[pin];
  if (!offset) throw new Error(`${placed.ref} has no pin ${pin}; it has ${partOf(placed.part).pins.join(", ")}`);
  return at(placed.at.x + offset.x, placed.at.y + offset.y);
}

export type Placing = Omit<PlacedPart, "value" | "turn" | "box"> & Partial<Pick<PlacedPart, "value" | "turn" | "box">>;

/** Collects a sheet. */
export class Sketch {
  private readonly parts: PlacedPart[] = [];
  private readonly wires: Wire[] = [];
  private readonly labels: Label[] = [];
  private readonly crosses: Point[] = [];
  private readonly frames: Frame[] = [];
  private readonly texts: Text[] = [];

  /** Places a part and returns a finder of its pins. Pins without a net get a cross. */
  place(placing: Placing): (pin: string) => Point {
    const placed: PlacedPart = { value: null, turn: 0, box: null, ...placing };
    if (this.parts.some(({ ref }) => ref === placed.ref)) throw new Error(`${placed.ref} is placed twice`);
    this.parts.push(placed);
    for (const pin of Object.keys(pinOffsets(placed))) if ((placed.nets[pin] ?? null) === null) this.crosses.push(pinPoint(placed, pin));
    return (pin) => pinPoint(placed, pin);
  }

  wire(net: string, ...points: Point[]): void {
    this.wires.push({ net, points });
  }

  label(net: string, point: Point, style: LabelStyle): void {
    this.labels.push({ net, at: point, style });
  }

  ground(point: Point): void {
    this.label("GND", point, "ground");
  }

  frame(title: string, from: Point, to: Point, dashed = false): void {
    this.frames.push({ title, from, to, dashed });
  }

  text(text: string, point: Point, size = 0.2, anchor: Text["anchor"] = "left"): void {
    this.texts.push({ text, at: point, size, anchor });
  }

  finish(width: number, height: number): Sheet {
    const { parts, wires, labels, crosses, frames, texts } = this;
    return { width, height, parts, wires, labels, crosses, frames, texts };
  }
}
