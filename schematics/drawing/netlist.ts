/**
 * The netlist that is in the drawing: read back from circuit JSON, not from the sheet it was made of.
 * @module
 */
import { HEADER } from "../module.ts";
import type { Netlist, NetlistPart } from "../netlist.ts";
import { orderNumber, partOf } from "../parts.ts";
import type { PlacedPart, Sheet } from "../sheet/sketch.ts";
import type { CircuitElement } from "./circuit.ts";

const headerNames = new Map(Object.entries(HEADER).map(([name, number]) => [number, name]));

function pinName(placed: PlacedPart, number: number): string {
  const { kind, pins } = partOf(placed.part);
  const name = kind === "module" ? headerNames.get(number) : pins[number - 1];
  if (name === undefined) throw new Error(`${placed.ref} has no pin number ${number}`);
  return name;
}

/** Ohm or nanofarad as the tool understood them. */
function drawnValue(component: CircuitElement): number | null {
  if (component["ftype"] === "simple_resistor") return Number(component["resistance"]);
  if (component["ftype"] === "simple_capacitor") return Number((Number(component["capacitance"]) * 1e9).toPrecision(6));
  return null;
}

/** Reads the netlist of a drawn sheet. Throws where the tool's part is not the sheet's. */
export function readNetlist(circuit: readonly CircuitElement[], sheet: Sheet, board: string): Netlist {
  const ofType = (type: string): CircuitElement[] => circuit.filter((candidate) => candidate.type === type);
  const netNames = new Map(ofType("source_net").map((net) => [net["source_net_id"], String(net["name"]).replace(/^N(?=\d)/, "")]));
  const netOfPort = new Map<unknown, string>();
  for (const trace of ofType("source_trace")) {
    const net = netNames.get(trace["connected_source_net_ids"]?.[0]);
    if (net !== undefined) for (const port of trace["connected_source_port_ids"]) netOfPort.set(port, net);
  }
  const ports = ofType("source_port");
  const parts = ofType("source_component").map((component): NetlistPart => {
    const placed = sheet.parts.find(({ ref }) => ref === component["name"]);
    if (!placed) throw new Error(`the drawing has a part that the sheet has not: ${component["name"]}`);
    const expected = orderNumber(placed.part, placed.value);
    if (component["manufacturer_part_number"] !== expected)
      throw new Error(`${placed.ref} is drawn as ${component["manufacturer_part_number"]}, not ${expected}`);
    const own = ports.filter((port) => port["source_component_id"] === component["source_component_id"]);
    own.sort((a, b) => Number(a["pin_number"]) - Number(b["pin_number"]));
    const pins = own.map((port) => [pinName(placed, Number(port["pin_number"])), netOfPort.get(port["source_port_id"]) ?? null] as const);
    return { ref: placed.ref, part: placed.part, value: drawnValue(component), pins: Object.fromEntries(pins) };
  });
  return { board, parts: parts.sort((a, b) => a.ref.localeCompare(b.ref, "en", { numeric: true })) };
}
