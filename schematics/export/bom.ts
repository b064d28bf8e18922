/**
 * Bill of materials.
 * @module
 */
import { stringify } from "csv-stringify/sync";
import type { Netlist, NetlistPart } from "../netlist.ts";
import { orderNumber, partOf } from "../parts.ts";
import { valueText } from "../values.ts";

/** CSV, one line for each order number, in the order of the references. */
export function billOfMaterials(netlist: Netlist): string {
  const lines = new Map<string, NetlistPart[]>();
  for (const part of netlist.parts) {
    const key = `${partOf(part.part).maker} ${orderNumber(part.part, part.value)}`;
    lines.set(key, [...(lines.get(key) ?? []), part]);
  }
  const rows = [...lines.values()].flatMap((parts) => {
    const [first] = parts;
    if (!first) return [];
    const { description, maker, alternatives, package: form, onBoard } = partOf(first.part);
    return [
      {
        quantity: parts.length,
        references: parts.map(({ ref }) => ref).join(" "),
        value: ["resistor", "capacitor", "electrolytic"].includes(partOf(first.part).kind) ? valueText(first.part, first.value) : "",
        description,
        manufacturer: maker,
        "part number": orderNumber(first.part, first.value),
        package: form,
        alternatives: alternatives.join("; "),
        place: onBoard ? "board" : "cable",
      },
    ];
  });
  return stringify(rows, { header: true });
}
