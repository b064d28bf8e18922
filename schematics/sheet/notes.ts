/**
 * What a maker must read before soldering, and the title block.
 * @module
 */
import type { BoardSpec } from "../board.ts";
import { at } from "./sketch.ts";
import type { Sketch } from "./sketch.ts";

function notes(spec: BoardSpec): readonly string[] {
  const [amps, volts] = [spec.limits.currentMa / 1000, spec.limits.batteryMv[1] / 1000];
  return [
    `1  Battery DC only, at most ${volts} V. Never mains: that is metered by clamp-on transformers only, off this board.`,
    "2  F1 and F2 sit in the cable, within 18 cm of the battery's and the bus's plus. Never without them, never larger.",
    `3  Contacts: ${amps} A resistive, 3 A inductive (motors, pumps, valves). For more, let the contact drive an external contactor.`,
    "4  Power wires 2.5 mm² or more; on perfboard lay wire along the track, solder alone does not carry 5 A.",
    "5  Keep 3 mm between contact or sensor wires and everything else; cut the strips under K1, K2 and the current path.",
    "6  USB or battery, never both: take F3 out before you plug USB in.",
    "7  Relays are open without power, while the ESP32 starts, and after a crash: the load is off then.",
    "8  D2 and D3 may stand either way. D1, D4 to D6 and the clamps: the band is the cathode.",
    "9  Q1, Q2 seen from the flat side, legs down: C, B, E. Parts named 2N2222 or 2N3904 have another order.",
    spec.monitors.length > 0
      ? "10 Solder each sense wire at its shunt's body, apart from the power wire, and twist the pair."
      : "10 Pass the current through U3, U4 in the arrow's direction: from the relay to the load counts as import.",
    "11 Test without a battery first: see the build guide. Nothing here was built or measured on real parts yet.",
  ];
}

/** Fills x 11.8 to 34.5, y 3.6 to 10.5. */
export function drawNotes(sketch: Sketch, spec: BoardSpec): void {
  sketch.frame("Safety and building", at(11.8, 3.6), at(34.5, 10.5));
  notes(spec).forEach((note, i) => sketch.text(note, at(12.1, 9.55 - 0.53 * i), 0.26));
}

/** Along the sheet's lower edge. */
export function drawTitle(sketch: Sketch, spec: BoardSpec): void {
  sketch.frame("", at(0.5, 0.5), at(34.5, 3.2));
  sketch.text(spec.title, at(0.9, 2.3), 0.6);
  sketch.text("Drawn from schematics/board.ts. Print at A3.", at(0.9, 1.5), 0.26);
  sketch.text("Flags of one name are one net. GND is the common minus of battery, load and bus.", at(0.9, 1), 0.26);
  sketch.text("Licence Apache-2.0", at(34.1, 1), 0.26, "right");
  sketch.text(`board "${spec.name}"`, at(34.1, 2.3), 0.4, "right");
  sketch.text("DAISEE 0.3.0", at(34.1, 1.5), 0.26, "right");
}
