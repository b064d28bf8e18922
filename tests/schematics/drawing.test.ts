/**
 * @module
 */
import assert from "node:assert/strict";
import { BOARDS } from "../../schematics/board.ts";
import { canDraw, draw, outputs } from "../../schematics/build.ts";
import { checkPaper, overlaps, textBoxes } from "../../schematics/checks/paper.ts";
import { billOfMaterials } from "../../schematics/export/bom.ts";
import { wiringList } from "../../schematics/export/wiring.ts";
import { netsOf } from "../../schematics/netlist.ts";
import { orderNumber } from "../../schematics/parts.ts";
import { drawSheet } from "../../schematics/sheet/sheet.ts";
import { valueText } from "../../schematics/values.ts";
import { drawn, output, outputBytes } from "./design.ts";

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

    it("shows every reference, value and net, and no text covers another", () => {
      const svg = output(spec, `${spec.name}.svg`);
      const texts = textBoxes(svg).map(({ text }) => text);
      for (const { ref, part, value } of netlist.parts) {
        assert.ok(texts.includes(ref), ref);
        const shown = valueText(part, value);
        if (shown !== "") assert.ok(texts.includes(shown), `${ref}: ${shown}`);
      }
      for (const { net } of sheet.labels) assert.ok(texts.includes(net), net);
      assert.deepEqual(overlaps(textBoxes(svg)), []);
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
      assert.ok(!dark.includes("rgb("), "a colour that the dark theme leaves as it was");
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

    it("comes out byte for byte when it is drawn again", function () {
      if (!canDraw()) {
        console.log("      skipped: the drawing tool is not installed (npm ci --ignore-scripts in schematics/drawing)");
        this.skip();
      }
      this.timeout(60_000);
      const different = [...outputs(spec, draw(spec))].filter(([file, content]) => !Buffer.from(content).equals(outputBytes(spec, file)));
      assert.deepEqual(
        different.map(([file]) => file),
        [],
      );
    });
  });
}
