/**
 * @module
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { BOARDS } from "#schematics/board.ts";
import { canDraw, draw, outputs } from "#schematics/build.ts";
import { checkPaper, crossings, overlaps, textBoxes } from "#schematics/checks/paper.ts";
import { billOfMaterials } from "#schematics/export/bom.ts";
import { GUIDE_PICTURES } from "#schematics/export/guide.ts";
import { pictureSvg } from "#schematics/export/picture.ts";
import { wiringList } from "#schematics/export/wiring.ts";
import { HEADER } from "#schematics/module.ts";
import { netsOf } from "#schematics/netlist.ts";
import { orderNumber, partOf } from "#schematics/parts.ts";
import type { PartKey } from "#schematics/parts.ts";
import { drawSheet } from "#schematics/sheet/sheet.ts";
import { valueText } from "#schematics/values.ts";
import { drawn, output, outputBytes } from "./design.ts";
import { kicadNets } from "./kicad-nets.ts";

for (const spec of BOARDS) {
  describe(`the drawing of the ${spec.name} board`, () => {
    const { netlist } = drawn(spec);
    const sheet = drawSheet(spec);

    it("joins on paper what is one net, and nothing else", () => {
      assert.deepEqual(checkPaper(sheet), []);
    });

    it("has the sheet's parts and nets in its netlist", () => {
      const onSheet = sheet.parts.map(({ ref, part, value, nets }) => [
        ref,
        part,
        value,
        Object.fromEntries(Object.entries(nets).filter(([, net]) => net !== null)),
      ]);
      const inNetlist = netlist.parts.map(({ ref, part, value, pins }) => [
        ref,
        part,
        value,
        Object.fromEntries(Object.entries(pins).filter(([, net]) => net !== null)),
      ]);
      assert.deepEqual(new Map(inNetlist.map((entry) => [entry[0], entry])), new Map(onSheet.map((entry) => [entry[0], entry])));
    });

    it("shows every reference, value and net, and no text or wire covers another text", () => {
      const svg = output(spec, `${spec.name}.svg`);
      const texts = textBoxes(svg).map(({ text }) => text);
      for (const { ref, part, value } of netlist.parts) {
        assert.ok(texts.includes(ref), ref);
        const shown = valueText(part, value);
        if (shown !== "") assert.ok(texts.includes(shown), `${ref}: ${shown}`);
      }
      for (const { net } of sheet.labels) assert.ok(texts.includes(net), net);
      assert.deepEqual(overlaps(textBoxes(svg)), []);
      assert.deepEqual(crossings(svg), []);
    });

    it("is one A3 page, in light and in dark, as PDF too", () => {
      const [light, dark, pdf] = [
        output(spec, `${spec.name}.svg`),
        output(spec, `${spec.name}-dark.svg`),
        output(spec, `${spec.name}.pdf`),
      ];
      assert.match(light, /^<svg[^>]* width="420mm" height="297mm"/);
      assert.deepEqual(textBoxes(dark), textBoxes(light));
      assert.notEqual(dark, light);
      assert.ok(!/rgba?\(/.test(dark), "a colour that the dark theme leaves as it was");
      const [, width, height] = /MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf) ?? [];
      assert.deepEqual([Math.round(Number(width)), Math.round(Number(height))], [1191, 842]);
      assert.equal(pdf.match(/\/Type \/Page\b/g)?.length, 1);
    });

    it("is in the bill of materials and the wiring list, part by part and net by net", () => {
      const [bom, wiring] = [output(spec, "bom.csv"), output(spec, "wiring.md")];
      assert.equal(bom, billOfMaterials(netlist));
      assert.equal(wiring, wiringList(netlist, spec));
      for (const { part, value } of netlist.parts) assert.ok(bom.includes(orderNumber(part, value)), part);
      for (const net of netsOf(netlist).keys()) assert.ok(wiring.includes(`| ${net} |`), net);
    });

    it("is a KiCad schematic with the same nets", () => {
      const leads = (part: PartKey): readonly string[] => partOf(part).pins;
      const numbers = new Map(
        netlist.parts.flatMap(({ ref, part, pins }) =>
          Object.keys(pins).map((pin) => [
            `${ref}.${pin}`,
            `${ref} ${partOf(part).kind === "module" ? HEADER[pin] : leads(part).indexOf(pin) + 1}`,
          ]),
        ),
      );
      const expected = [...netsOf(netlist).values()].map((pins) => pins.map(({ ref, pin }) => numbers.get(`${ref}.${pin}`) ?? "").sort());
      const read = [...kicadNets(output(spec, `kicad/${spec.name}.kicad_sch`)).values()].map((pins) => [...pins].sort());
      const open = netlist.parts.flatMap(({ ref, pins }) =>
        Object.entries(pins).flatMap(([pin, net]) => (net === null ? [[numbers.get(`${ref}.${pin}`) ?? ""]] : [])),
      );
      const order = (nets: string[][]): string[] => nets.map((net) => net.join(" ")).sort();
      assert.deepEqual(order(read), order([...expected, ...open]));
    });

    it("comes out byte for byte when it is drawn again", function () {
      if (!canDraw()) {
        console.log("      skipped: the drawing tool is not installed (npm ci --ignore-scripts in schematics/drawing)");
        this.skip();
      }
      const different = [...outputs(spec, draw(spec))].filter(([file, content]) => !Buffer.from(content).equals(outputBytes(spec, file)));
      assert.deepEqual(
        different.map(([file]) => file),
        [],
      );
    });
  });
}

describe("the guide's pictures", () => {
  it("are those of the data, and nothing stands beside the paper", () => {
    for (const [file, picture] of Object.entries(GUIDE_PICTURES)) {
      assert.equal(readFileSync(new URL(`../../schematics/guide/${file}`, import.meta.url), "utf8"), pictureSvg(picture));
      assert.ok(
        picture.marks.every(({ x, y }) => x >= 0 && x <= picture.width && y >= 0 && y <= picture.height),
        file,
      );
    }
  });
});
