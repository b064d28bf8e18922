import assert from "node:assert/strict";
import type { BoardName } from "#firmware/core/board.ts";
import { BUDGET_VARIABLES, measureOnInterpreter, type Measured } from "#tools/bench/firmware/interpreter.ts";
import { ownBundle } from "./own-bundle.ts";

const binary = process.env["ESPRUINO"] ?? "";
const skipped = binary === "" ? " (skipped: ESPRUINO names no interpreter)" : "";
const BOARDS: BoardName[] = ["hall", "shunt", "clamp"];

describe(`firmware in memory${skipped}`, function () {
  this.timeout(120_000);
  const measured = new Map<BoardName, Measured>();

  before(async function () {
    if (binary === "") this.skip();
    const { code } = await ownBundle();
    await Promise.all(BOARDS.map(async (board) => measured.set(board, await measureOnInterpreter(binary, code, board))));
  });

  for (const board of BOARDS) {
    it(`${board}: takes no more than its budget of variables, with records waiting and a frame under way, and does not grow`, function () {
      const { early, steady, peak } = measured.get(board) ?? assert.fail();
      if (this.test) this.test.title += ` (${steady} of ${BUDGET_VARIABLES}, ${peak} in the middle of a turn)`;
      assert.ok(steady <= BUDGET_VARIABLES, `${steady} variables`);
      // A frame or a place in flash more or less; four seconds of turns and records are many more.
      assert.ok(steady - early < 100, `${early} variables grew to ${steady}`);
    });
  }
});
