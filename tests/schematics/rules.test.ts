/**
 * @module
 */
import assert from "node:assert/strict";
import { BOARDS } from "#schematics/board.ts";
import { checkRules } from "#schematics/checks/rules.ts";
import { drawn } from "./design.ts";

describe("the rules", () => {
  for (const spec of BOARDS) {
    it(`object to nothing on the ${spec.name} board`, () => {
      assert.deepEqual(checkRules(drawn(spec)), []);
    });
  }
});
