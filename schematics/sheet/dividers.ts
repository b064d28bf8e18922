/**
 * Analog channels: divider, filter, clamps, test point.
 * @module
 */
import type { BoardSpec } from "../board.ts";
import { at } from "./sketch.ts";
import type { Point, Sketch } from "./sketch.ts";

/** One channel, from a net through its divider to the net of its ADC pin. */
interface Divider {
  name: string;
  from: string;
  upperOhm: number;
  lowerOhm: number;
  filterNf: number;
  clamped: boolean;
  /** Numbers of its parts: upper and lower resistor, capacitor, first clamp, test point. */
  numbers: readonly [upper: number, lower: number, capacitor: number, clamp: number, testPoint: number];
  origin: Point;
}

function drawDivider(sketch: Sketch, divider: Divider): void {
  const { name, from, numbers, origin } = divider;
  const [upper, lower, capacitor, clamp, testPoint] = numbers;
  const { x, y } = origin;
  const adc = `${name}_ADC`;
  sketch.label(from, at(x, y), "left");
  const top = sketch.place({
    ref: `R${upper}`,
    part: "resistor",
    value: divider.upperOhm,
    at: at(x + 0.7, y),
    nets: { "1": from, "2": adc },
  });
  sketch.wire(from, at(x, y), top("1"));

  const bottom = sketch.place({
    ref: `R${lower}`,
    part: "resistor",
    value: divider.lowerOhm,
    at: at(x + 1.4, y - 0.7),
    turn: 270,
    nets: { "1": adc, "2": "GND" },
  });
  sketch.wire(adc, bottom("1"), at(x + 1.4, y));
  sketch.ground(bottom("2"));

  const filter = sketch.place({
    ref: `C${capacitor}`,
    part: "capacitor1u",
    value: divider.filterNf,
    at: at(x + 2.5, y - 0.7),
    turn: 270,
    nets: { "1": adc, "2": "GND" },
  });
  sketch.wire(adc, filter("1"), at(x + 2.5, y));
  sketch.ground(filter("2"));

  if (divider.clamped) drawClamps(sketch, adc, clamp, at(x + 3.6, y));
  const end = divider.clamped ? x + 5 : x + 3.6;
  sketch.wire(adc, top("2"), at(end, y));
  sketch.place({ ref: `TP${testPoint}`, part: "testPoint", at: at(end - 0.3, y + 0.2), turn: 90, nets: { "1": adc } });
  sketch.label(adc, at(end, y), "right");
}

/** Schottky diodes from the pin to 3.3 V and from ground to the pin. */
function drawClamps(sketch: Sketch, adc: string, first: number, { x, y }: Point): void {
  const high = sketch.place({ ref: `D${first}`, part: "clamp", at: at(x, y + 0.9), turn: 90, nets: { A: adc, K: "3V3" } });
  sketch.wire(adc, high("A"), at(x, y));
  sketch.label("3V3", high("K"), "rail");
  const low = sketch.place({ ref: `D${first + 1}`, part: "clamp", at: at(x, y - 0.9), turn: 90, nets: { A: "GND", K: adc } });
  sketch.wire(adc, low("K"), at(x, y));
  sketch.ground(low("A"));
}

const ROWS = [17, 13.2] as const;

/** Fills x 17.6 to 34.5, y 10.8 to 18.4. */
export function drawDividers(sketch: Sketch, spec: BoardSpec): void {
  sketch.frame("Measuring: dividers, filters and clamps in front of the ADC", at(17.6, 10.8), at(34.5, 18.4));
  const find = (name: string) => spec.dividers.find((channel) => channel.name === name);
  const place = (
    channel: { name: string; upperOhm: number; lowerOhm: number; filterNf: number },
    from: string,
    clamped: boolean,
    numbers: Divider["numbers"],
    origin: Point,
  ): void => drawDivider(sketch, { ...channel, from, clamped, numbers, origin });
  spec.halls.forEach((hall, i) =>
    place(hall, `${hall.name}_OUT`, false, [6 + 2 * i, 7 + 2 * i, 5 + i, 0, 6 + i], at(18.9 + 5.4 * i, ROWS[0])),
  );
  const rail = find("V5");
  if (rail) place(rail, rail.node, rail.clamped, [10, 11, 7, 0, 8], at(29.2, ROWS[0]));
  const battery = find("VBAT");
  if (battery) place(battery, battery.node, battery.clamped, [12, 13, 8, 7, 9], at(18.9, ROWS[1]));
  const bus = find("VBUS");
  if (bus) place(bus, bus.node, bus.clamped, [14, 15, 9, 9, 10], at(27.1, ROWS[1]));
}
