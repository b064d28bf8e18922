/**
 * Power monitors on I²C, one for each shunt.
 * @module
 */
import type { BoardSpec, MonitorChannel } from "../board.ts";
import { at } from "./sketch.ts";
import type { Sketch } from "./sketch.ts";

/** Middle of each monitor. */
const LINES = [16.5, 13] as const;

/** The bus's two wires with their pull-ups, one beside each monitor. */
function drawPullUps(sketch: Sketch, pullUpOhm: number): void {
  (["SDA", "SCL"] as const).forEach((net, i) => {
    const [x, y] = [33.5, LINES[i] ?? 0];
    const up = sketch.place({
      ref: `R${6 + i}`,
      part: "resistor",
      value: pullUpOhm,
      at: at(x, y + 0.5),
      turn: 270,
      nets: { "1": "3V3", "2": net },
    });
    sketch.label("3V3", up("1"), "rail");
    sketch.wire(net, up("2"), at(x, y), at(x - 0.2, y));
    sketch.label(net, at(x - 0.2, y), "left");
    sketch.place({ ref: `TP${6 + i}`, part: "testPoint", at: at(x, y - 0.2), turn: 270, nets: { "1": net } });
  });
}

function drawMonitor(sketch: Sketch, channel: MonitorChannel, index: number): void {
  const y = LINES[index] ?? 0;
  const { name, voltageName } = channel;
  const [plus, minus, voltage] = [`${name}_IN_P`, `${name}_IN_N`, `${voltageName}_SENSE`];
  const number = 8 + 3 * index;
  const resistor = (offset: number, value: number, height: number, from: string, to: string) => {
    sketch.label(from, at(19.9, height), "left");
    const pin = sketch.place({ ref: `R${number + offset}`, part: "resistor", value, at: at(20.7, height), nets: { "1": from, "2": to } });
    sketch.wire(from, at(19.9, height), pin("1"));
    return pin;
  };
  const chip = sketch.place({
    ref: `U${3 + index}`,
    part: channel.part,
    at: at(27, y),
    nets: {
      "IN+": plus,
      "IN-": minus,
      VBUS: voltage,
      VS: "3V3",
      GND: "GND",
      SDA: "SDA",
      SCL: "SCL",
      ALERT: null,
      A0: channel.address === 0x40 ? "GND" : "3V3",
      A1: "GND",
    },
    box: {
      width: 2.2,
      height: 1.6,
      left: ["IN+", "IN-", "VBUS"],
      right: ["SDA", "SCL", "ALERT"],
      top: ["VS"],
      bottom: ["A0", "A1", "GND"],
    },
  });
  const [high, middle, low] = [y + 0.9, y, y - 0.7];
  const top = resistor(0, channel.senseSeriesOhm, high, `${name}_SENSE_P`, plus);
  const bottom = resistor(1, channel.senseSeriesOhm, middle, `${name}_SENSE_N`, minus);
  const bus = resistor(2, channel.voltageSeriesOhm, low, channel.node, voltage);

  sketch.wire(plus, top("2"), at(25, high), at(25, chip("IN+").y), chip("IN+"));
  sketch.wire(minus, bottom("2"), chip("IN-"));
  const filter = sketch.place({
    ref: `C${5 + 2 * index}`,
    part: "capacitor100n",
    value: 100,
    at: at(22.4, y + 0.45),
    turn: 270,
    nets: { "1": plus, "2": minus },
  });
  sketch.wire(plus, filter("1"), at(22.4, high));
  sketch.wire(minus, filter("2"), at(22.4, middle));
  sketch.wire(voltage, bus("2"), at(25, low), at(25, chip("VBUS").y), chip("VBUS"));
  const clamp = sketch.place({ ref: `D${7 + index}`, part: "clamp", at: at(23.6, low - 0.52), turn: 90, nets: { A: "GND", K: voltage } });
  sketch.ground(clamp("A"));

  sketch.label("3V3", chip("VS"), "rail");
  const bypass = sketch.place({
    ref: `C${6 + 2 * index}`,
    part: "capacitor100n",
    value: 100,
    at: at(31.3, y),
    turn: 270,
    nets: { "1": "3V3", "2": "GND" },
  });
  sketch.label("3V3", bypass("1"), "rail");
  sketch.ground(bypass("2"));
  for (const net of ["SDA", "SCL"]) {
    sketch.wire(net, chip(net), at(29.2, chip(net).y));
    sketch.label(net, at(29.2, chip(net).y), "right");
  }
  const ground = chip("GND");
  const below = ground.y - 0.2;
  sketch.wire("GND", ground, at(ground.x, below));
  sketch.wire("GND", chip("A1"), at(chip("A1").x, below), at(ground.x, below), at(ground.x + 0.6, below));
  sketch.ground(at(ground.x + 0.6, below));
  const address = chip("A0");
  if (channel.address === 0x40) sketch.wire("GND", address, at(address.x, below), at(chip("A1").x, below));
  else {
    sketch.wire("3V3", address, at(address.x, below), at(address.x - 0.5, below));
    sketch.label("3V3", at(address.x - 0.5, below), "left");
  }
  sketch.text(`address 0x${channel.address.toString(16)}`, at(28.7, y - 0.9));
}

/** Fills x 17.6 to 34.5, y 10.8 to 18.4. */
export function drawMonitors(sketch: Sketch, spec: BoardSpec): void {
  sketch.frame("Measuring: power monitors on I²C", at(17.6, 10.8), at(34.5, 18.4));
  spec.monitors.forEach((channel, index) => drawMonitor(sketch, channel, index));
  if (spec.i2c) drawPullUps(sketch, spec.i2c.pullUpOhm);
}
