/**
 * Parts that must not stand the wrong way round.
 * @module
 */
import type { BoardSpec } from "../board.ts";
import { partsOfKind } from "../netlist.ts";
import type { Check } from "./check.ts";

/** Nets from negative to positive; a diode on two of them blocks when its cathode is on the later. */
function potential(spec: BoardSpec, net: string): number {
  const order = ["GND", "ADC", "3V3", "V5", "VIN", "FUSED"];
  if (net.endsWith("_ADC") || net.endsWith("_SENSE")) return order.indexOf("ADC");
  if (net.endsWith("_COIL")) return order.indexOf("V5") - 0.5;
  if (net.endsWith("_ANODE")) return order.indexOf("ADC");
  if (net === "LOAD" || spec.relays.some(({ from, to }) => net === from || net === to)) return order.length;
  return order.indexOf(net);
}

/** Diodes that conduct in normal use, anode first. */
const FORWARD: readonly (readonly [anode: string, cathode: string])[] = [["FUSED", "VIN"]];

export const diodePolarity: Check = ({ spec, netlist }) => {
  const diodes = [...partsOfKind(netlist, "diode"), ...partsOfKind(netlist, "schottky")];
  const blocking = diodes.flatMap(({ ref, pins }) => {
    const { A: anode, K: cathode } = pins;
    if (!anode || !cathode) return [];
    if (FORWARD.some(([a, k]) => a === anode && k === cathode)) return [];
    return potential(spec, cathode) > potential(spec, anode) ? [] : [`${ref} conducts from ${anode} to ${cathode}`];
  });
  const lights = partsOfKind(netlist, "led").flatMap(({ ref, pins }) =>
    pins["A"] === "GND" || pins["K"] !== "GND" ? [`${ref} stands the wrong way round`] : [],
  );
  return [...blocking, ...lights];
};

export const electrolyticPolarity: Check = ({ netlist }) =>
  partsOfKind(netlist, "electrolytic").flatMap(({ ref, pins }) =>
    pins["-"] === "GND" && pins["+"] !== "GND" ? [] : [`${ref} has its plus on ${pins["+"]} and its minus on ${pins["-"]}`],
  );
