/**
 * A board's whole sheet.
 * @module
 */
import type { BoardSpec } from "../board.ts";
import { drawController } from "./controller.ts";
import { drawDividers } from "./dividers.ts";
import { drawMonitors } from "./monitors.ts";
import { drawNotes, drawTitle } from "./notes.ts";
import { drawPower } from "./power.ts";
import { Sketch } from "./sketch.ts";
import type { Sheet } from "./sketch.ts";
import { drawSupply } from "./supply.ts";

/** A3 landscape, 420 by 297 mm, at 12 mm a unit. */
export const SHEET = { width: 35, height: 24.75, unitMm: 12 } as const;

export function drawSheet(spec: BoardSpec): Sheet {
  const sketch = new Sketch();
  drawPower(sketch, spec);
  drawSupply(sketch, spec);
  if (spec.halls.length > 0) drawDividers(sketch, spec);
  if (spec.monitors.length > 0) drawMonitors(sketch, spec);
  drawController(sketch, spec);
  drawNotes(sketch, spec);
  drawTitle(sketch, spec);
  return sketch.finish(SHEET.width, SHEET.height);
}
