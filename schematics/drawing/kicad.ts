/**
 * Circuit JSON as a KiCad 9 project: schematic and project file.
 * @module
 */
import { createHash } from "node:crypto";
import { CircuitJsonToKicadProConverter, CircuitJsonToKicadSchConverter } from "circuit-json-to-kicad";
import type { CircuitJson } from "./circuit.ts";

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Identifiers by order of appearance instead of chance, so that equal drawings are equal files. */
function numbered(text: string, name: string): string {
  const seen = new Map<string, string>();
  return text.replace(UUID, (uuid) => {
    const known = seen.get(uuid);
    if (known !== undefined) return known;
    const hash = createHash("sha256").update(`${name} ${seen.size}`).digest("hex");
    const made = `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
    seen.set(uuid, made);
    return made;
  });
}

/** Coordinates in whole micrometres. */
const rounded = (text: string): string =>
  text.replace(/-?\d+\.\d{4,}(?:e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(3)) + 0));

/** Files by name. */
export function kicadProject(circuit: CircuitJson, name: string): Record<string, string> {
  const schematic = new CircuitJsonToKicadSchConverter(circuit);
  schematic.runUntilFinished();
  const project = new CircuitJsonToKicadProConverter(circuit, {
    projectName: name,
    schematicFilename: `${name}.kicad_sch`,
    pcbFilename: `${name}.kicad_pcb`,
  });
  project.runUntilFinished();
  return {
    [`${name}.kicad_sch`]: `${rounded(numbered(schematic.getOutputString(), name)).trimEnd()}\n`,
    [`${name}.kicad_pro`]: `${numbered(project.getOutputString(), name)
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "1970-01-01T00:00:00.000Z")
      .trimEnd()}\n`,
  };
}
