/**
 * @module
 */
import assert from "node:assert/strict";
import { boardDefinition } from "#firmware/core/board.ts";
import { PANEL } from "#firmware/core/panel.ts";
import { checkSettings } from "#firmware/core/settings.ts";
import { BOARDS } from "#schematics/board.ts";
import { firmwareDefinition, firstSettings } from "#schematics/firmware.ts";
import { output } from "./design.ts";

for (const spec of BOARDS) {
  describe(`the definition of the ${spec.name} board`, () => {
    it("gives the firmware's pins, scales, ranges and addresses", () => {
      assert.deepEqual(firmwareDefinition(spec), boardDefinition(spec.name));
    });

    it("puts LED and button where the firmware looks for them", () => {
      assert.deepEqual({ led: `D${spec.led.gpio}`, button: `D${spec.button.gpio}` }, { ...PANEL });
    });

    it("comes with settings that the firmware accepts", () => {
      const settings: unknown = JSON.parse(output(spec, "settings.json"));
      assert.deepEqual(settings, firstSettings(spec));
      assert.doesNotThrow(() => checkSettings(settings));
    });
  });
}
