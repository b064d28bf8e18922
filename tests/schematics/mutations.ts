/**
 * Deliberate faults, each with the check that must name it.
 * @module
 */
import { HALL, SHUNT } from "#schematics/board.ts";
import type { BoardSpec } from "#schematics/board.ts";
import type { Design, RuleName } from "#schematics/checks/rules.ts";
import type { Netlist, NetlistPart } from "#schematics/netlist.ts";
import type { ExperimentName } from "#schematics/spice/experiments/all.ts";

export interface Fault {
  name: string;
  spec: BoardSpec;
  break: (design: Design) => Design;
  rule?: RuleName;
  experiment?: ExperimentName;
}

type Change = (part: NetlistPart) => NetlistPart;

/** Changes one part. Throws where there is none of that name, so that no fault is empty. */
function change(ref: string, with_: Change): Fault["break"] {
  return (design) => {
    if (!design.netlist.parts.some((part) => part.ref === ref)) throw new Error(`no ${ref} to break`);
    return {
      ...design,
      netlist: { ...design.netlist, parts: design.netlist.parts.map((part) => (part.ref === ref ? with_(part) : part)) },
    };
  };
}

const remove =
  (ref: string): Fault["break"] =>
  (design) => {
    const netlist: Netlist = { ...design.netlist, parts: design.netlist.parts.filter((part) => part.ref !== ref) };
    return { ...design, netlist };
  };
const value = (ref: string, to: number): Fault["break"] => change(ref, (part) => ({ ...part, value: to }));
const rewire = (ref: string, pin: string, net: string | null): Fault["break"] =>
  change(ref, (part) => ({ ...part, pins: { ...part.pins, [pin]: net } }));
const swap = (ref: string, a: string, b: string): Fault["break"] =>
  change(ref, (part) => ({ ...part, pins: { ...part.pins, [a]: part.pins[b] ?? null, [b]: part.pins[a] ?? null } }));
const define =
  (patch: Partial<BoardSpec>): Fault["break"] =>
  (design) => ({ ...design, spec: { ...design.spec, ...patch } });

const relayAt = (gpio: number): readonly BoardSpec["relays"][number][] =>
  HALL.relays.map((relay) => (relay.name === "K1" ? { ...relay, gpio } : relay));
const dividerWith = (name: string, patch: object): readonly BoardSpec["dividers"][number][] =>
  HALL.dividers.map((divider) => (divider.name === name ? { ...divider, ...patch } : divider));

export const FAULTS: readonly Fault[] = [
  { name: "the two currents' pins swapped", spec: HALL, break: swap("U2", "IO34", "IO35"), rule: "pins wired" },
  { name: "the two relays' pins swapped", spec: HALL, break: swap("U2", "IO23", "IO32"), rule: "pins wired" },
  { name: "an ADC wire forgotten", spec: HALL, break: rewire("U2", "IO36", null), rule: "pins wired" },
  { name: "a relay defined on a strapping pin", spec: HALL, break: define({ relays: relayAt(12) }), rule: "pins fit" },
  { name: "a relay defined on a pin that is pulled up at boot", spec: HALL, break: define({ relays: relayAt(18) }), rule: "pins fit" },
  { name: "a channel defined on ADC2", spec: HALL, break: define({ dividers: dividerWith("VBUS", { gpio: 26 }) }), rule: "pins fit" },
  { name: "one pin defined for two things", spec: HALL, break: define({ relays: relayAt(33) }), rule: "pins unique" },
  { name: "a rail mistyped", spec: HALL, break: rewire("U3", "VCC", "V5V"), rule: "no single-pin net", experiment: "scale" },
  { name: "a sensor on the wrong rail", spec: HALL, break: rewire("U4", "VCC", "3V3"), rule: "supply pins", experiment: "scale" },
  { name: "a capacitor's ground forgotten", spec: HALL, break: rewire("C8", "2", null), rule: "open pins meant", experiment: "filters" },
  { name: "the current through a sensor reversed", spec: HALL, break: swap("U3", "IP+", "IP-"), rule: "contact path", experiment: "scale" },
  {
    name: "normally closed in place of normally open",
    spec: HALL,
    break: swap("K1", "NO", "NC"),
    rule: "contact path",
    experiment: "scale",
  },
  {
    name: "battery plus on a logic net",
    spec: HALL,
    break: change("R12", (part) => ({ ...part, value: 100 })),
    rule: "contacts isolated",
    experiment: "surge",
  },
  { name: "a flyback diode reversed", spec: HALL, break: swap("D5", "A", "K"), rule: "diode polarity", experiment: "saturation" },
  { name: "a flyback diode forgotten", spec: HALL, break: remove("D5"), rule: "flyback present", experiment: "flyback" },
  { name: "a clamp reversed", spec: HALL, break: swap("D7", "A", "K"), rule: "diode polarity", experiment: "scale" },
  { name: "a clamp to ground forgotten", spec: HALL, break: remove("D8"), rule: "clamps present", experiment: "reversed" },
  { name: "the supply's diode reversed", spec: HALL, break: swap("D1", "A", "K"), rule: "reverse protected", experiment: "supply" },
  { name: "the supply's diode bypassed", spec: HALL, break: rewire("U1", "VIN", "FUSED"), rule: "supply pins", experiment: "reversed" },
  { name: "the LED reversed", spec: HALL, break: swap("LED1", "A", "K"), rule: "diode polarity" },
  { name: "an electrolytic reversed", spec: HALL, break: swap("C1", "+", "-"), rule: "electrolytic polarity" },
  {
    name: "an electrolytic of too little voltage",
    spec: HALL,
    break: change("C1", (part) => ({ ...part, part: "electrolytic100u" })),
    rule: "voltage ratings",
  },
  {
    name: "a capacitor of too little voltage",
    spec: HALL,
    break: define({ supply: { ...HALL.supply, surgeDiode: "clamp" } }),
    rule: "voltage ratings",
  },
  { name: "a surge diode forgotten", spec: HALL, break: remove("D2"), rule: "surge protected", experiment: "surge" },
  {
    name: "a battery of 48 V",
    spec: HALL,
    break: define({ limits: { ...HALL.limits, batteryMv: [40_000, 58_000] } }),
    rule: "surge ratings",
  },
  {
    name: "10 A through these contacts",
    spec: HALL,
    break: define({ limits: { ...HALL.limits, currentMa: 20_000 } }),
    rule: "current ratings",
  },
  {
    name: "a battery that is too empty for the converter",
    spec: HALL,
    break: define({ limits: { ...HALL.limits, batteryMv: [8000, 28_000] } }),
    rule: "supply ratings",
    experiment: "supply",
  },
  { name: "no fuse at the battery", spec: HALL, break: rewire("X1", "+", "BATT"), rule: "fuse first" },
  { name: "a pull-down forgotten", spec: HALL, break: remove("R2"), rule: "pull-downs present", experiment: "boot" },
  { name: "a pull-down that pulls up", spec: HALL, break: rewire("R2", "2", "3V3"), rule: "pull-downs present", experiment: "boot" },
  {
    name: "a divider's resistor ten times too small",
    spec: HALL,
    break: value("R13", 1000),
    rule: "values as defined",
    experiment: "scale",
  },
  {
    name: "a filter's capacitor a thousand times too small",
    spec: HALL,
    break: value("C8", 1),
    rule: "values as defined",
    experiment: "filters",
  },
  {
    name: "a base resistor a hundred times too large",
    spec: HALL,
    break: value("R1", 100_000),
    rule: "values as defined",
    experiment: "saturation",
  },
  {
    name: "collector and emitter swapped, as in a 2N2222",
    spec: HALL,
    break: swap("Q1", "C", "E"),
    rule: "supply pins",
    experiment: "saturation",
  },
  {
    name: "a divider that overruns the converter",
    spec: HALL,
    break: define({ dividers: dividerWith("VBAT", { lowerOhm: 20_000 }) }),
    rule: "ADC in range",
    experiment: "scale",
  },
  {
    name: "the battery's divider behind the supply's diode",
    spec: HALL,
    break: rewire("R12", "1", "VIN"),
    rule: "values as defined",
    experiment: "scale",
  },
  { name: "an address strap on the wrong rail", spec: SHUNT, break: rewire("U4", "A0", "GND"), rule: "I2C ready" },
  { name: "a pull-up forgotten", spec: SHUNT, break: remove("R6"), rule: "I2C ready" },
  { name: "a shunt's sense wires swapped", spec: SHUNT, break: swap("RS1", "S+", "S-"), experiment: "scale" },
  { name: "a bypass capacitor forgotten", spec: SHUNT, break: remove("C6"), rule: "decoupled" },
  { name: "a power monitor on 5 V", spec: SHUNT, break: rewire("U3", "VS", "V5"), rule: "supply pins" },
  {
    name: "a sense resistor that eats the signal",
    spec: SHUNT,
    break: value("R8", 47_000),
    rule: "values as defined",
    experiment: "scale",
  },
  { name: "the guard of a voltage input forgotten", spec: SHUNT, break: remove("D7"), rule: "clamps present", experiment: "reversed" },
  {
    name: "power monitors that bear 36 V",
    spec: SHUNT,
    break: define({ supply: { ...SHUNT.supply, surgeDiode: "schottky100v" } }),
    rule: "monitor ratings",
  },
];
