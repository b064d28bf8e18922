/**
 * The build guide's pictures: how a consumer, a producer and the bus between them are wired.
 * @module
 */
import type { Box, Mark, Picture, Wire } from "./picture.ts";

type Drawn = Pick<Picture, "boxes" | "wires" | "marks">;

const level = (kind: Wire["kind"], fromX: number, toX: number, y: number): Wire => ({ kind, points: `${fromX},${y} ${toX},${y}` });
const mark = (x: number, y: number, text: string): Mark => ({ x, y, text });
const fuse = (x: number, y: number, text: string): Mark => ({ x, y, text, kind: "fuse" });

/** Battery, bus, board and load, as every home has them; `top` is where its part of the picture begins. */
function home(role: "consumer" | "producer", top: number): Drawn {
  const second = role === "consumer" ? "K2 closes: bus feeds load" : "K2 closes: gives to the bus";
  const lines = ["J1  battery", "", "K1 closes: battery feeds load", "", "J2  load", "", second, "", "J3  bus"];
  const boxes: Box[] = [
    { x: 380, y: top, width: 210, height: 230, title: "DAISEE board", lines, kind: "board" },
    { x: 30, y: top + 10, width: 150, height: 70, title: "Battery", lines: ["12 V, up to 28 V"] },
    { x: 690, y: top + 70, width: 170, height: 90, title: "Load", lines: ["DC, up to 5 A", "motors up to 3 A"] },
    { x: 30, y: top + 170, width: 150, height: 60, title: "Bus", lines: ["to the neighbours"] },
  ];
  const wires = [
    level("plus", 180, 380, top + 30),
    level("minus", 180, 380, top + 60),
    level("plus", 180, 380, top + 185),
    level("minus", 180, 380, top + 215),
    level("plus", 590, 690, top + 95),
    level("minus", 590, 690, top + 130),
  ];
  const marks = [
    fuse(215, top + 30, "F1 5 A"),
    mark(245, top + 22, "≤ 18 cm from plus"),
    fuse(215, top + 185, "F2 5 A"),
    mark(245, top + 177, "≤ 18 cm from tap"),
    ...[52, 207].map((y) => mark(364, top + y, "+")),
    ...[80, 232].map((y) => mark(364, top + y, "−")),
    mark(600, top + 88, "+"),
    mark(600, top + 148, "−"),
  ];
  return { boxes, wires, marks };
}

function consumer(): Picture {
  const { boxes, wires, marks } = home("consumer", 30);
  const note = mark(30, 300, "K1 and K2 are never closed together: first one opens, then, 0.2 s later, the other closes.");
  return { title: "A consumer's wiring", width: 890, height: 320, boxes, wires, marks: [...marks, note] };
}

function producer(): Picture {
  const { boxes, wires, marks } = home("producer", 180);
  const note = mark(30, 450, "Giving, both contacts are closed: what flows to the bus passes both relays and both sensors.");
  return {
    title: "A producer's wiring",
    width: 890,
    height: 470,
    boxes: [
      ...boxes,
      { x: 30, y: 20, width: 150, height: 60, title: "Solar panel" },
      { x: 280, y: 20, width: 210, height: 60, title: "Charge controller", lines: ["with its own fuses"] },
    ],
    wires: [
      ...wires,
      level("panel", 180, 280, 50),
      { kind: "plus", points: "330,80 330,120 90,120 90,190" },
      { kind: "minus", points: "360,80 360,145 120,145 120,190" },
    ],
    marks: [...marks, note],
  };
}

/** Where each home's tap leaves the two wires of the bus. */
const TAPS = [
  { x: 30, title: "Home 1", role: "producer" },
  { x: 330, title: "Home 2", role: "consumer" },
  { x: 630, title: "Home 3", role: "consumer" },
] as const;

function bus(): Picture {
  const taps = TAPS.map(({ x }) => ({ plus: x + 40, minus: x + 130 }));
  return {
    title: "The bus between homes",
    width: 890,
    height: 310,
    boxes: TAPS.map(({ x, title, role }) => ({ x, y: 190, width: 200, height: 60, title, lines: [role], kind: "board" as const })),
    wires: [
      level("plus", 30, 860, 50),
      // Gaps where the taps of the plus cross it.
      ...[30, ...taps.map(({ plus }) => plus + 10)].map((from, i) => level("minus", from, taps[i] ? taps[i].plus - 10 : 860, 120)),
      ...taps.flatMap(({ plus, minus }): Wire[] => [
        { kind: "plus", points: `${plus},50 ${plus},190` },
        { kind: "minus", points: `${minus},120 ${minus},190` },
      ]),
    ],
    marks: [
      ...taps.flatMap(({ plus, minus }): Mark[] => [
        { x: plus, y: 50, text: "", kind: "tap" },
        { x: minus, y: 120, text: "", kind: "tap" },
        fuse(plus, 85, ""),
        mark(plus + 26, 90, "F2 5 A at the tap"),
        mark(plus + 8, 182, "J3 +"),
        mark(minus + 8, 182, "J3 −"),
      ]),
      mark(30, 38, "plus, 2.5 mm² or more: 0.7 V are lost over 10 m at 5 A"),
      mark(780, 140, "minus"),
      mark(30, 275, "One nominal voltage for all. Plugs that fit one way only. No mains, no ground rod, no other source on these wires."),
      mark(30, 297, "Of several producers, let one give at a time: between two batteries only fuses limit the current."),
    ],
  };
}

/** Pictures by file name. */
export const GUIDE_PICTURES: Readonly<Record<string, Picture>> = {
  "consumer.svg": consumer(),
  "producer.svg": producer(),
  "bus.svg": bus(),
};
