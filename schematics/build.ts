/**
 * Makes every board's outputs from its definition: `node --import tsx schematics/build.ts [folder]`, with `npm ci --ignore-scripts` done
 * in `schematics/drawing` before. Equal definitions give equal bytes.
 * @module
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BOARDS } from "./board.ts";
import type { BoardSpec } from "./board.ts";
import { billOfMaterials } from "./export/bom.ts";
import { GUIDE_PICTURES } from "./export/guide.ts";
import { pictureSvg } from "./export/picture.ts";
import { simulationReport } from "./export/report.ts";
import { wiringList } from "./export/wiring.ts";
import { firstSettings } from "./firmware.ts";
import type { Netlist } from "./netlist.ts";
import { drawSheet, SHEET } from "./sheet/sheet.ts";
import { wasmEngine } from "./spice/engine.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
const TOOL = join(HERE, "drawing");

/** What drawing/main.ts gives back. */
interface Drawing {
  netlist: Netlist;
  light: string;
  dark: string;
  pdf: string;
  kicad: Record<string, string>;
}

/** Whether the drawing tool is installed. */
export function canDraw(): boolean {
  return existsSync(join(TOOL, "node_modules", "@tscircuit", "core"));
}

/** Draws a board, in a process of its own. Throws where the tool is not installed. */
export function draw(spec: BoardSpec): Drawing {
  if (!canDraw()) throw new Error("the drawing tool is not installed: run `npm ci --ignore-scripts` in schematics/drawing");
  const input = JSON.stringify({ board: spec.name, title: spec.title, sheet: drawSheet(spec), page: SHEET });
  const output = execFileSync(process.execPath, ["--import", "tsx", join(TOOL, "main.ts")], {
    input,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  // Written by drawing/main.ts.
  return JSON.parse(output) as Drawing;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** A board's files by name, in its own folder. */
export function outputs(spec: BoardSpec, drawing: Drawing): Map<string, string | Buffer> {
  const { name } = spec;
  return new Map<string, string | Buffer>([
    [`${name}.svg`, drawing.light],
    [`${name}-dark.svg`, drawing.dark],
    [`${name}.pdf`, Buffer.from(drawing.pdf, "base64")],
    ["netlist.json", json(drawing.netlist)],
    ["bom.csv", billOfMaterials(drawing.netlist)],
    ["wiring.md", wiringList(drawing.netlist, spec)],
    ["settings.json", json(firstSettings(spec))],
    ...Object.entries(drawing.kicad).map(([file, text]): [string, string] => [join("kicad", file), text]),
  ]);
}

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** Writes all boards' files and the guide's pictures below `folder`. */
export async function build(folder: string): Promise<void> {
  for (const [file, picture] of Object.entries(GUIDE_PICTURES)) write(join(folder, "guide", file), pictureSvg(picture));
  for (const spec of BOARDS) {
    const drawing = draw(spec);
    // The pinned WebAssembly engine gives the same figures everywhere; an installed ngspice may be of any version.
    const report = await simulationReport({ spec, netlist: drawing.netlist, engine: wasmEngine });
    for (const [file, content] of outputs(spec, drawing).set("simulation.md", report)) {
      write(join(folder, spec.name, file), content);
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build(process.argv[2] ?? HERE);
