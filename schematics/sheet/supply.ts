/**
 * From the battery to 5 V: fuse, diode against reversed polarity, converter.
 * @module
 */
import type { BoardSpec } from "../board.ts";
import type { PartKey } from "../parts.ts";
import { at } from "./sketch.ts";
import type { Point, Sketch } from "./sketch.ts";

const LINE = 21.8;

/** A capacitor from the line down to ground. */
function drawCapacitor(sketch: Sketch, ref: string, part: PartKey, valueNf: number, net: string, x: number): void {
  const polar = part.startsWith("electrolytic");
  const nets: Record<string, string> = polar ? { "+": net, "-": "GND" } : { "1": net, "2": "GND" };
  const pin = sketch.place({ ref, part, value: valueNf, at: at(x, LINE - 1), turn: 270, nets });
  sketch.wire(net, pin(polar ? "+" : "1"), at(x, LINE));
  sketch.ground(pin(polar ? "-" : "2"));
}

function drawTestPoint(sketch: Sketch, ref: string, net: string, point: Point): void {
  sketch.place({ ref, part: "testPoint", at: at(point.x, point.y + 0.2), turn: 90, nets: { "1": net } });
}

/** Fills x 17.6 to 34.5, y 18.6 to 24.2. */
export function drawSupply(sketch: Sketch, spec: BoardSpec): void {
  const { supply } = spec;
  sketch.frame("Supply: fuse, reverse polarity, 5 V", at(17.6, 18.6), at(34.5, 24));
  sketch.label("BATT", at(19, LINE), "left");
  const fuse = sketch.place({ ref: "F3", part: supply.fuse, at: at(19.9, LINE), nets: { "1": "BATT", "2": "FUSED" } });
  sketch.wire("BATT", at(19, LINE), fuse("1"));
  const diode = sketch.place({ ref: "D1", part: supply.reverseDiode, at: at(21.7, LINE), nets: { A: "FUSED", K: "VIN" } });
  sketch.wire("FUSED", fuse("2"), diode("A"));

  const converter = sketch.place({
    ref: "U1",
    part: supply.converter,
    at: at(26.7, LINE),
    nets: { VIN: "VIN", GND: "GND", VOUT: "V5" },
    box: { width: 1.8, height: 1, left: ["VIN"], right: ["VOUT"], bottom: ["GND"] },
  });
  sketch.wire("VIN", diode("K"), converter("VIN"));
  sketch.ground(converter("GND"));
  drawCapacitor(sketch, "C1", "electrolytic47u", 47_000, "VIN", 23.2);
  drawCapacitor(sketch, "C2", "capacitor100n", 100, "VIN", 24.4);
  drawTestPoint(sketch, "TP3", "VIN", at(22.7, LINE));
  sketch.label("VIN", at(24.4, LINE), "rail");

  sketch.wire("V5", converter("VOUT"), at(32.4, LINE));
  drawCapacitor(sketch, "C3", "electrolytic100u", 100_000, "V5", 28.9);
  drawCapacitor(sketch, "C4", "capacitor100n", 100, "V5", 30.2);
  drawTestPoint(sketch, "TP4", "V5", at(31.4, LINE));
  sketch.label("V5", at(32.4, LINE), "rail");

  drawTestPoint(sketch, "TP5", "GND", at(32.4, LINE - 0.9));
  sketch.wire("GND", at(32.4, LINE - 0.9), at(32.4, LINE - 1.3));
  sketch.ground(at(32.4, LINE - 1.3));
}
