/**
 * The committed drawings, for tests.
 * @module
 */
import { readFileSync } from "node:fs";
import type { BoardSpec } from "#schematics/board.ts";
import type { Design } from "#schematics/checks/rules.ts";
import type { Netlist } from "#schematics/netlist.ts";

const FOLDER = new URL("../../schematics/", import.meta.url);

/** A committed output of a board. */
export function outputBytes(spec: BoardSpec, file: string): Buffer {
  return readFileSync(new URL(`${spec.name}/${file}`, FOLDER));
}

/** The same as text. */
export function output(spec: BoardSpec, file: string): string {
  return outputBytes(spec, file).toString("utf8");
}

/** The definition with its drawn netlist. */
export function drawn(spec: BoardSpec): Design {
  // Written by schematics/build.ts.
  return { spec, netlist: JSON.parse(output(spec, "netlist.json")) as Netlist };
}
