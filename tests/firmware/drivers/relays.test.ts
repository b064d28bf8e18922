import assert from "node:assert/strict";
import { driveRelays } from "#firmware/drivers/relays.ts";

describe("relays", () => {
  it("drives every pin, opening before it closes", () => {
    const written: [string, number][] = [];
    driveRelays((pin, value) => written.push([pin, value]), ["A", "B", "C"], 0b101);
    assert.deepEqual(written, [
      ["B", 0],
      ["A", 1],
      ["C", 1],
    ]);
  });
});
