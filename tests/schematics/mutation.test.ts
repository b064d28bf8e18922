/**
 * @module
 */
import assert from "node:assert/strict";
import { HALL } from "#schematics/board.ts";
import { checkPaper, crossings, overlaps, textBoxes } from "#schematics/checks/paper.ts";
import type { TextBox } from "#schematics/checks/paper.ts";
import { checkRules } from "#schematics/checks/rules.ts";
import { drawSheet } from "#schematics/sheet/sheet.ts";
import type { Sheet } from "#schematics/sheet/sketch.ts";
import { defaultEngine } from "#schematics/spice/engine.ts";
import { checkBySpice } from "#schematics/spice/experiments/all.ts";
import { drawn, output } from "./design.ts";
import { FAULTS } from "./mutations.ts";

const engine = defaultEngine();

describe("a deliberate fault", () => {
  for (const fault of FAULTS) {
    const { rule, experiment } = fault;
    const catchers = [rule, experiment && `simulation of ${experiment}`].filter((name) => name !== undefined);
    it(`is caught: ${fault.name} (${catchers.join(", ")})`, async function () {
      const broken = fault.break(drawn(fault.spec));
      if (rule)
        assert.ok(
          checkRules(broken).some(({ check }) => check === rule),
          JSON.stringify(checkRules(broken)),
        );
      if (experiment) assert.notDeepEqual(await checkBySpice({ ...broken, engine }, [experiment]), []);
      assert.ok(catchers.length > 0);
    });
  }
});

describe("a fault on the sheet", () => {
  const sheet = drawSheet(HALL);
  const without = (index: number): Sheet => ({ ...sheet, wires: sheet.wires.filter((_wire, i) => i !== index) });

  it("is caught: any one wire forgotten", () => {
    for (const index of sheet.wires.keys())
      assert.notDeepEqual(checkPaper(without(index)), [], `wire ${index} of ${sheet.wires[index]?.net}`);
  });

  it("is caught: any one label of another net", () => {
    sheet.labels.forEach((label, index) => {
      const labels = sheet.labels.map((other, i) => (i === index ? { ...other, net: label.net === "V5" ? "3V3" : "V5" } : other));
      assert.notDeepEqual(checkPaper({ ...sheet, labels }), [], label.net);
    });
  });

  it("is caught: two nets joined by a wire", () => {
    const wires = [
      ...sheet.wires,
      {
        net: "GND",
        points: [
          { x: 3.2, y: 22.2 },
          { x: 3.2, y: 20 },
        ],
      },
    ];
    assert.notDeepEqual(checkPaper({ ...sheet, wires }), []);
  });

  it("is caught: a text on a wire, a text on a text", () => {
    const svg = output(HALL, "hall.svg");
    const [first, second] = textBoxes(svg);
    const [, x1, y1, x2, y2] = /class="sch-trace-path" d="M (\S+) (\S+) L ([^ "]+) ([^ "]+)/.exec(svg)?.map(Number) ?? [];
    assert.ok(first && second && x1 && y1 && x2 && y2);
    const middle = ({ left, right, top, bottom }: TextBox): readonly [x: number, y: number] => [(left + right) / 2, (top + bottom) / 2];
    /** The drawing with its first text's middle moved to a point. */
    const moved = (to: readonly [x: number, y: number]): string => {
      const by = to.map((value, axis) => value - (middle(first)[axis] ?? 0));
      const shift = (_all: string, before: string, x: string, y: string): string =>
        `${before} x="${Number(x) + (by[0] ?? 0)}" y="${Number(y) + (by[1] ?? 0)}"`;
      return svg.replace(/(<text[^>]*?) x="([^"]*)" y="([^"]*)"/, shift);
    };
    assert.notDeepEqual(crossings(moved([(x1 + x2) / 2, (y1 + y2) / 2])), []);
    assert.notDeepEqual(overlaps(textBoxes(moved(middle(second)))), []);
  });
});
