/**
 * Wiring list for perfboard: what to solder to what, net by net, heaviest first.
 * @module
 */
import type { BoardSpec } from "../board.ts";
import { netsOf } from "../netlist.ts";
import type { Netlist, PinReference } from "../netlist.ts";
import { partOf } from "../parts.ts";
import { HEADER } from "../module.ts";
import { valueText } from "../values.ts";

/** Nets that carry the load's current. */
export function powerNets(spec: BoardSpec): readonly string[] {
  return [...spec.relays.flatMap(({ from, to }) => [`${from}_SOURCE`, from, to]), "LOAD", "GND"];
}

const SUPPLY_NETS: readonly string[] = ["FUSED", "VIN", "V5", "3V3"];

function wireOf(spec: BoardSpec, net: string): string {
  if (powerNets(spec).includes(net)) return "2.5 mm², short";
  return SUPPLY_NETS.includes(net) ? "0.5 mm²" : "0.2 mm²";
}

/** The lead's name with its place: a number on a header or package, a letter on a part with two leads. */
function lead(netlist: Netlist, { ref, pin }: PinReference): string {
  const part = netlist.parts.find((candidate) => candidate.ref === ref);
  if (!part) return `${ref}.${pin}`;
  const { kind, pins } = partOf(part.part);
  if (kind === "module") return `${ref} pin ${HEADER[pin]} (${pin})`;
  if (kind === "monitor") return `${ref} pin ${pins.indexOf(pin) + 1} (${pin})`;
  return pins.length === 1 ? ref : `${ref}.${pin}`;
}

/** Markdown with a box to tick for every net. */
export function wiringList(netlist: Netlist, spec: BoardSpec): string {
  const heavy = powerNets(spec);
  const rank = (net: string): number =>
    heavy.includes(net) ? heavy.indexOf(net) : SUPPLY_NETS.includes(net) ? 100 + SUPPLY_NETS.indexOf(net) : 1000;
  const nets = [...netsOf(netlist)].sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b, "en", { numeric: true }));
  const rows = nets.map(
    ([net, pins], i) => `| ☐ ${i + 1} | ${net} | ${wireOf(spec, net)} | ${pins.map((pin) => lead(netlist, pin)).join(" – ")} |`,
  );
  const open = netlist.parts.flatMap(({ ref, pins }) =>
    Object.entries(pins).flatMap(([pin, net]) => (net === null ? [`${ref}.${pin}`] : [])),
  );
  const parts = netlist.parts.map(
    ({ ref, part, value }) => `| ${ref} | ${valueText(part, value)} | ${partOf(part).description} | ${partOf(part).package} |`,
  );
  return `# Wiring list: ${spec.title}

Made from the drawing; tick each line when it is soldered and measured. Leads of diodes are A (anode) and K (cathode, the band), of
transistors C, B and E, of relays A1 and A2 (coil), COM, NO and NC. Module pins are counted along header J2 (1–19) and on along J3
(20–38), from the antenna.

| | net | wire | leads |
|---|---|---|---|
${rows.join("\n")}

Leave open: ${open.join(", ")}, and every module pin that is not named.

## Parts

| reference | value | part | package |
|---|---|---|---|
${parts.join("\n")}
`;
}
