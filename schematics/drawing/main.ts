/**
 * The drawing tool as a process: a sheet as JSON on standard input, what was drawn as JSON on standard output. So that nothing of
 * tscircuit is loaded into the rest of the project.
 * @module
 */
import { readFileSync } from "node:fs";
import type { Netlist } from "../netlist.ts";
import type { Sheet } from "../sheet/sketch.ts";
import { drawCircuit } from "./circuit.ts";
import { kicadProject } from "./kicad.ts";
import { readNetlist } from "./netlist.ts";
import { darkSvg, lightSvg, pdf } from "./picture.ts";
import type { Page } from "./picture.ts";

export interface DrawingRequest {
  board: string;
  title: string;
  sheet: Sheet;
  page: Page;
}

export interface Drawing {
  netlist: Netlist;
  light: string;
  dark: string;
  /** Base64. */
  pdf: string;
  kicad: Record<string, string>;
}

async function draw({ board, title, sheet, page }: DrawingRequest): Promise<Drawing> {
  const circuit = await drawCircuit(sheet);
  const light = lightSvg(circuit, page);
  return {
    netlist: readNetlist(circuit, sheet, board),
    light,
    dark: darkSvg(light),
    pdf: (await pdf(light, page, title)).toString("base64"),
    kicad: kicadProject(circuit, board),
  };
}

// Written by build.ts.
const request = JSON.parse(readFileSync(0, "utf8")) as DrawingRequest;
process.stdout.write(JSON.stringify(await draw(request)));
