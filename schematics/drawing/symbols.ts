/**
 * Symbols that the tool lacks: a TVS that works both ways, a relay with its coil and contacts, a shunt with four wires.
 * @module
 */
import { partOf } from "../parts.ts";
import type { PartKind } from "../parts.ts";
import type { PlacedPart } from "../sheet/sketch.ts";
import { pinOffsets } from "../sheet/symbols.ts";
import { element, pinNumber } from "./element.ts";

type Line = readonly [x1: number, y1: number, x2: number, y2: number, dashed?: boolean | undefined];

const COIL: readonly Line[] = [
  [-1, -0.6, -0.35, -0.6], [0.35, -0.6, 1, -0.6],
  [-0.35, -0.85, 0.35, -0.85], [0.35, -0.85, 0.35, -0.35], [0.35, -0.35, -0.35, -0.35], [-0.35, -0.35, -0.35, -0.85],
  [-0.12, -0.85, 0.12, -0.35],
];
/** The arm rests at NC, which lies above; the coil pulls it down to NO. */
const CONTACT: readonly Line[] = [
  [-1, 0.6, -0.4, 0.6], [-0.4, 0.6, 0.45, 0.92],
  [1, 0.6, 0.4, 0.6], [0.4, 0.6, 0.4, 0.68],
  [1, 1, 0.4, 1], [0.4, 1, 0.4, 0.94],
  [0, -0.35, 0, 0.74, true],
];

/** Unturned, pins as in the sheet's symbols. */
const LINES: Partial<Record<PartKind, readonly Line[]>> = {
  // Two avalanche diodes, cathode to cathode: bars with hooks between two triangles.
  tvs: [
    [-0.5, 0, -0.28, 0], [0.28, 0, 0.5, 0],
    [-0.28, 0.16, -0.28, -0.16], [-0.28, 0.16, 0, 0], [-0.28, -0.16, 0, 0],
    [0.28, 0.16, 0.28, -0.16], [0.28, 0.16, 0, 0], [0.28, -0.16, 0, 0],
    [0, 0.2, 0, -0.2], [0, 0.2, 0.08, 0.2], [0, -0.2, -0.08, -0.2],
  ],
  relay: [...COIL, ...CONTACT],
  shunt: [
    [-0.7, 0, -0.5, 0], [0.5, 0, 0.7, 0],
    [-0.5, 0.18, 0.5, 0.18], [0.5, 0.18, 0.5, -0.18], [0.5, -0.18, -0.5, -0.18], [-0.5, -0.18, -0.5, 0.18],
    [-0.3, -0.18, -0.3, -0.6], [0.3, -0.18, 0.3, -0.6],
  ],
};

function turn([x1, y1, x2, y2, dashed]: Line, degrees: number): Line {
  if (degrees === 270) return [y1, -x1, y2, -x2, dashed];
  return degrees === 90 ? [-y1, x1, -y2, x2, dashed] : [x1, y1, x2, y2, dashed];
}

const STROKE = 0.02;
const COLOUR = "rgb(132, 0, 0)";

/** Properties of a chip that looks like this. Turned here rather than by the tool, which turns no symbols of its users. */
export function customSymbol(placed: PlacedPart): Record<string, unknown> {
  const { kind } = partOf(placed.part);
  const lines = LINES[kind];
  if (!lines) throw new Error(`no symbol is drawn for a ${kind}`);
  const drawn = lines.map((line) => turn(line, placed.turn)).map(([x1, y1, x2, y2, isDashed], i) =>
    element("schematicline", { key: `line${i}`, x1, y1, x2, y2, strokeWidth: STROKE, color: COLOUR, isDashed: isDashed ?? false }),
  );
  const ports = Object.entries(pinOffsets(placed)).map(([pin, { x, y }]) => {
    const direction = Math.abs(x) > Math.abs(y) ? (x < 0 ? "left" : "right") : y < 0 ? "down" : "up";
    return element("port", { key: `port${pin}`, name: pin, pinNumber: pinNumber(placed, pin), direction, schX: x, schY: y });
  });
  const pinLabels = Object.fromEntries(Object.keys(pinOffsets(placed)).map((pin) => [`pin${pinNumber(placed, pin)}`, pin]));
  return { schRotation: 0, pinLabels, symbol: element("symbol", { key: "symbol" }, ...drawn, ...ports) };
}
