/**
 * The ESP32 board with its LED and button.
 * @module
 */
import type { BoardSpec } from "../board.ts";
import { at } from "./sketch.ts";
import type { Sketch } from "./sketch.ts";

/** Nets by GPIO: what the definition wires to the module, beside LED and button. */
export function gpioNets(spec: BoardSpec): Map<number, string> {
  const nets = new Map<number, string>();
  for (const { gpio, name } of [...spec.halls, ...spec.dividers]) nets.set(gpio, `${name}_ADC`);
  for (const { gpio, name } of spec.relays) nets.set(gpio, `${name}_GPIO`);
  if (spec.i2c) nets.set(spec.i2c.sda, "SDA").set(spec.i2c.scl, "SCL");
  return nets;
}

/** Fills x 0.5 to 11.4, y 3.6 to 11.6. */
export function drawController(sketch: Sketch, spec: BoardSpec): void {
  sketch.frame("Controller", at(0.5, 3.6), at(11.4, 11.6));
  const nets = gpioNets(spec);
  const analog = [...spec.halls, ...spec.dividers].map(({ gpio }) => gpio);
  const digital = [...nets.keys()].filter((gpio) => !analog.includes(gpio));
  const pins: Record<string, string> = { "5V": "V5", "3V3": "3V3", GND1: "GND", GND2: "GND", GND3: "GND" };
  for (const [gpio, net] of nets) pins[`IO${gpio}`] = net;
  const [led, button] = [`IO${spec.led.gpio}`, `IO${spec.button.gpio}`];
  pins[led] = "LED_GPIO";
  pins[button] = "BUTTON";
  const module = sketch.place({
    ref: "U2",
    part: spec.module,
    at: at(4.6, 7.9),
    nets: pins,
    box: {
      width: 3,
      height: 3.4,
      left: analog.map((gpio) => `IO${gpio}`),
      right: [...digital.map((gpio) => `IO${gpio}`), led, button],
      top: ["5V", "3V3"],
      bottom: ["GND1", "GND2", "GND3"],
    },
  });
  for (const [gpio, net] of nets) sketch.label(net, module(`IO${gpio}`), analog.includes(gpio) ? "left" : "right");
  const [rail, logic] = [module("5V"), module("3V3")];
  sketch.wire("V5", rail, at(rail.x, rail.y + 0.4), at(rail.x - 0.5, rail.y + 0.4));
  sketch.label("V5", at(rail.x - 0.5, rail.y + 0.4), "rail");
  sketch.wire("3V3", logic, at(logic.x, logic.y + 0.4), at(logic.x + 1.7, logic.y + 0.4));
  sketch.label("3V3", at(logic.x + 0.6, logic.y + 0.4), "rail");
  sketch.place({ ref: "TP11", part: "testPoint", at: at(logic.x + 1.7, logic.y + 0.6), turn: 90, nets: { "1": "3V3" } });
  const grounds = (["GND1", "GND2", "GND3"] as const).map((pin) => module(pin));
  const base = (grounds[0]?.y ?? 0) - 0.3;
  for (const ground of grounds) sketch.wire("GND", ground, at(ground.x, base));
  sketch.wire("GND", ...grounds.map(({ x }) => at(x, base)));
  sketch.ground(at(grounds[1]?.x ?? 0, base));

  const from = module(led);
  const series = sketch.place({
    ref: "R5",
    part: "resistor",
    value: spec.led.ohm,
    at: at(8.6, from.y),
    nets: { "1": "LED_GPIO", "2": "LED_ANODE" },
  });
  sketch.wire("LED_GPIO", from, series("1"));
  const light = sketch.place({ ref: "LED1", part: "led", at: at(9.8, from.y - 1.3), turn: 270, nets: { A: "LED_ANODE", K: "GND" } });
  sketch.wire("LED_ANODE", series("2"), at(9.8, from.y), light("A"));
  sketch.ground(light("K"));
  const input = module(button);
  const push = sketch.place({
    ref: "S1",
    part: spec.button.part,
    at: at(7.6, input.y - 1.1),
    turn: 270,
    nets: { "1": "BUTTON", "2": "GND" },
  });
  sketch.wire("BUTTON", input, at(7.6, input.y), push("1"));
  sketch.ground(push("2"));
  sketch.text("GPIO 23 and 32 stay still while an ESP32 starts, so they", at(0.8, 4.55), 0.22);
  sketch.text("switch; 33 to 39 belong to ADC1. Other pins stay open.", at(0.8, 4.15), 0.22);
}
