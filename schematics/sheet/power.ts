/**
 * The power path: battery and bus, each through its fuse, contact and sensor to the load.
 * @module
 */
import type { BoardSpec, RelayChannel } from "../board.ts";
import { at } from "./sketch.ts";
import type { Point, Sketch } from "./sketch.ts";

/** References of one path's parts, by path. */
interface PathParts {
  terminal: string;
  surge: string;
  driver: string;
  base: string;
  pullDown: string;
  flyback: string;
  sensor: string;
  testPoint: string;
  current: "I1" | "I2";
}

const PATHS: readonly PathParts[] = [
  { terminal: "J1", surge: "D2", driver: "Q1", base: "R1", pullDown: "R2", flyback: "D5", sensor: "U3", testPoint: "TP1", current: "I1" },
  { terminal: "J3", surge: "D3", driver: "Q2", base: "R3", pullDown: "R4", flyback: "D6", sensor: "U4", testPoint: "TP2", current: "I2" },
];
/** The line of each path, from top to bottom. */
const LINES = [22.2, 16.9] as const;
const LOAD_X = 13.55;

function drawDriver(sketch: Sketch, relay: RelayChannel, parts: PathParts, y: number): void {
  const { driver, base, pullDown, flyback, testPoint } = parts;
  const [gpio, baseNet, coil] = [`${relay.name}_GPIO`, `${relay.name}_BASE`, `${relay.name}_COIL`];
  const contact = sketch.place({
    ref: relay.name,
    part: relay.part,
    at: at(6.5, y - 0.6),
    nets: { A1: "V5", A2: coil, COM: relay.from, NO: relay.to, NC: null },
  });
  sketch.wire("V5", contact("A1"), at(4.9, y - 1.2), at(4.9, y - 0.9));
  sketch.label("V5", at(4.9, y - 0.9), "rail");

  const diode = sketch.place({ ref: flyback, part: "rectifier", at: at(6.5, y - 2.1), turn: 180, nets: { A: coil, K: "V5" } });
  sketch.wire("V5", diode("K"), at(5.2, y - 2.1), at(5.2, y - 1.2));
  sketch.wire(coil, diode("A"), at(7.8, y - 2.1));

  const transistor = sketch.place({
    ref: driver,
    part: relay.driver,
    at: at(7.51, y - 3.2),
    turn: 270,
    nets: { C: coil, B: baseNet, E: "GND" },
  });
  sketch.wire(coil, contact("A2"), at(7.8, y - 1.2), transistor("C"));
  sketch.ground(transistor("E"));

  const series = sketch.place({
    ref: base,
    part: "resistor",
    value: relay.baseOhm,
    at: at(6.3, y - 3.2),
    nets: { "1": gpio, "2": baseNet },
  });
  sketch.wire(baseNet, series("2"), transistor("B"));
  const down = sketch.place({
    ref: pullDown,
    part: "resistor",
    value: relay.pullDownOhm,
    at: at(5.4, y - 3.8),
    turn: 270,
    nets: { "1": gpio, "2": "GND" },
  });
  sketch.wire(gpio, down("1"), at(5.4, y - 3.2));
  sketch.ground(down("2"));
  sketch.wire(gpio, series("1"), at(3.8, y - 3.2));
  sketch.label(gpio, at(3.8, y - 3.2), "left");
  sketch.place({ ref: testPoint, part: "testPoint", at: at(4.5, y - 3), turn: 90, nets: { "1": gpio } });
}

/** The Hall sensor between `from` and the load. */
function drawHall(sketch: Sketch, spec: BoardSpec, parts: PathParts, from: { net: string; at: Point }, y: number): void {
  const hall = spec.halls.find(({ name }) => name === parts.current);
  if (!hall) return;
  const output = `${hall.name}_OUT`;
  const pin = sketch.place({
    ref: parts.sensor,
    part: hall.part,
    at: at(10.5, y),
    nets: { "IP+": from.net, "IP-": "LOAD", VCC: "V5", OUT: output, GND: "GND" },
    box: { width: 2, height: 1.2, left: ["IP+"], right: ["IP-"], top: ["VCC"], bottom: ["OUT", "GND"] },
  });
  sketch.wire(from.net, from.at, pin("IP+"));
  sketch.wire("LOAD", pin("IP-"), at(LOAD_X, y));
  sketch.label("V5", pin("VCC"), "rail");
  sketch.wire(output, pin("OUT"), at(10.3, y - 1.4), at(9.8, y - 1.4));
  sketch.label(output, at(9.8, y - 1.4), "left");
  sketch.wire("GND", pin("GND"), at(10.7, y - 1.4));
  sketch.ground(at(10.7, y - 1.4));
}

/** The shunt between `from` and the load, with its sense wires. */
function drawShunt(sketch: Sketch, spec: BoardSpec, parts: PathParts, from: { net: string; at: Point }, y: number): void {
  const monitor = spec.monitors.find(({ name }) => name === parts.current);
  if (!monitor) return;
  const [plus, minus] = [`${monitor.name}_SENSE_P`, `${monitor.name}_SENSE_N`];
  const pin = sketch.place({
    ref: monitor.name === "I1" ? "RS1" : "RS2",
    part: monitor.shunt,
    at: at(10.4, y),
    nets: { "I+": from.net, "S+": plus, "S-": minus, "I-": "LOAD" },
  });
  sketch.wire(from.net, from.at, pin("I+"));
  sketch.wire("LOAD", pin("I-"), at(LOAD_X, y));
  sketch.wire(plus, pin("S+"), at(10.1, y - 1.3), at(9.7, y - 1.3));
  sketch.label(plus, at(9.7, y - 1.3), "left");
  sketch.wire(minus, pin("S-"), at(10.7, y - 1.3), at(11.1, y - 1.3));
  sketch.label(minus, at(11.1, y - 1.3), "right");
}

function drawPath(sketch: Sketch, spec: BoardSpec, index: number): void {
  const [relay, parts, y] = [spec.relays[index], PATHS[index], LINES[index]];
  if (!relay || !parts || y === undefined) return;
  const terminal = sketch.place({
    ref: parts.terminal,
    part: "terminal",
    at: at(1.5, y - 0.2),
    nets: { "+": relay.from, "-": "GND" },
    box: { width: 0.8, height: 1, right: ["+", "-"] },
  });
  sketch.wire("GND", terminal("-"), at(2.6, y - 0.4), at(2.6, y - 1));
  sketch.ground(at(2.6, y - 1));
  const surge = sketch.place({
    ref: parts.surge,
    part: spec.supply.surgeDiode,
    at: at(3.2, y - 1),
    turn: 270,
    nets: { "1": relay.from, "2": "GND" },
  });
  sketch.wire(relay.from, surge("1"), at(3.2, y));
  sketch.ground(surge("2"));
  sketch.wire(relay.from, terminal("+"), at(5.5, y));
  sketch.wire(relay.from, at(4.2, y), at(4.2, y + 0.3));
  sketch.label(relay.from, at(4.2, y + 0.3), "rail");
  drawDriver(sketch, relay, parts, y);
  const from = { net: relay.to, at: at(7.5, y) };
  drawHall(sketch, spec, parts, from, y);
  drawShunt(sketch, spec, parts, from, y);
}

function drawLoad(sketch: Sketch): void {
  const [top, bottom] = LINES;
  const y = 19.7;
  sketch.wire("LOAD", at(LOAD_X, top), at(LOAD_X, bottom));
  const terminal = sketch.place({
    ref: "J2",
    part: "terminal",
    at: at(16.1, y - 0.2),
    nets: { "+": "LOAD", "-": "GND" },
    box: { width: 0.8, height: 1, left: ["+", "-"] },
  });
  sketch.wire("LOAD", terminal("+"), at(LOAD_X, y));
  sketch.wire("GND", terminal("-"), at(15.3, y - 1));
  sketch.ground(at(15.3, y - 1));
  const flyback = sketch.place({ ref: "D4", part: "schottky60v", at: at(14.1, y - 1), turn: 90, nets: { A: "GND", K: "LOAD" } });
  sketch.wire("LOAD", flyback("K"), at(14.1, y));
  sketch.ground(flyback("A"));
}

/** What sits in the cables: a ring at each plus, and the fuse right behind it. */
function drawCables(sketch: Sketch, spec: BoardSpec): void {
  sketch.frame("In the cables, not on the board", at(9.2, 12.2), at(16.9, 14.9), true);
  spec.relays.forEach((relay, index) => {
    const y = index === 0 ? 13.85 : 12.7;
    const source = `${relay.from}_SOURCE`;
    const lug = sketch.place({
      ref: `X${index + 1}`,
      part: "lug",
      at: at(10.2, y),
      nets: { "+": source },
      box: { width: 0.7, height: 0.5, right: ["+"] },
    });
    const fuse = sketch.place({ ref: `F${index + 1}`, part: relay.fuse, at: at(12.6, y), nets: { "1": source, "2": relay.from } });
    sketch.wire(source, lug("+"), fuse("1"));
    sketch.wire(relay.from, fuse("2"), at(13.9, y));
    sketch.label(relay.from, at(13.9, y), "right");
  });
}

/** Fills x 0.5 to 17.2, y 12 to 24.2. */
export function drawPower(sketch: Sketch, spec: BoardSpec): void {
  sketch.frame("Power path: battery, load, bus (28 V, 5 A)", at(0.5, 12), at(17.2, 24));
  spec.relays.forEach((_relay, index) => drawPath(sketch, spec, index));
  drawLoad(sketch);
  drawCables(sketch, spec);
}
