import assert from "node:assert/strict";
import fc from "fast-check";
import { FLASH_BYTES, FLASH_START, SECTOR_BYTES } from "#tools/virtual-board/fake/flash.ts";
import { createBench, evaluate, run } from "./bench.ts";

const words = fc
  .array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 16 })
  .map((bytes) => bytes.flatMap((byte) => [byte, byte ^ 255, 0, 90]));
const operation = fc.oneof(
  { weight: 5, arbitrary: fc.record({ at: fc.integer({ min: 0, max: 2000 }).map((word) => word * 4), data: words }) },
  { weight: 1, arbitrary: fc.record({ at: fc.integer({ min: 0, max: 8191 }), data: fc.constant(null) }) },
);

type Operation = { at: number; data: number[] | null };

function script(operations: readonly Operation[]): string {
  const calls = operations.map(({ at, data }) =>
    data === null ? `f.erasePage(${FLASH_START + at});` : `f.write(new Uint8Array(${JSON.stringify(data)}), ${FLASH_START + at});`,
  );
  return `const f = require("Flash"); ${calls.join("\n")} console.log("done");`;
}

/** Flash as the data sheet says. */
function model(operations: readonly Operation[]): Uint8Array {
  const bytes = new Uint8Array(FLASH_BYTES).fill(0xff);
  for (const { at, data } of operations) {
    if (data === null) bytes.fill(0xff, at - (at % SECTOR_BYTES), at - (at % SECTOR_BYTES) + SECTOR_BYTES);
    else data.forEach((byte, index) => (bytes[at + index] = (bytes[at + index] ?? 0) & byte));
  }
  return bytes;
}

describe("virtual-board/fake: flash", () => {
  it("only clears bits by writing and only sets them by erasing whole sectors", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 20 }), (operations) => {
        const { flash, lines } = run(script(operations), 5000);
        assert.deepEqual(lines, ["done"]);
        assert.ok(Buffer.from(flash.bytes).equals(model(operations)));
      }),
      { numRuns: 30 },
    );
  });

  it("leaves the first part of an operation when the power fails in it, and what was there behind it", () => {
    const operations: Operation[] = [
      { at: 0, data: [1, 2, 3, 4, 5, 6, 7, 8] },
      { at: 4096, data: [9, 9, 9, 9] },
      { at: 0, data: null },
    ];
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 + SECTOR_BYTES }), (bytes) => {
        const bench = createBench("setTimeout(() => {" + script(operations) + "}, 10)");
        bench.board.start();
        bench.scheduler.advance(405);
        bench.board.cutPowerAfter(bytes);
        bench.scheduler.advance(1000);
        const whole = bytes === 12 + SECTOR_BYTES;
        assert.equal(bench.board.isOn(), whole);
        assert.deepEqual(bench.lines, whole ? ["done"] : []);
        const written = model(operations.slice(0, 2)).map((value, at) =>
          at < 8 ? (at < bytes ? value : 255) : at < 4100 && at - 4096 >= bytes - 8 ? 255 : value,
        );
        const erased = written.fill(255, 0, Math.max(0, Math.min(SECTOR_BYTES, bytes - 12)));
        assert.ok(Buffer.from(bench.flash.bytes).equals(erased));
        bench.board.start();
        bench.scheduler.advance(1000);
        assert.equal(bench.lines.at(-1), "done");
      }),
      { numRuns: 40 },
    );
  });

  it("refuses other addresses, crossing its end, and writes that are not aligned to 4 bytes", () => {
    const flash = 'require("Flash")';
    assert.deepEqual(
      evaluate(
        `${flash}.write(new Uint8Array(4), 0x30FFFC)`,
        `${flash}.write(new Uint8Array(8), 0x31FFFC)`,
        `${flash}.erasePage(0x320000)`,
        `${flash}.read(4, 0xE000)`,
        `${flash}.write(new Uint8Array(4), 0x310002)`,
        `${flash}.write(new Uint8Array(3), 0x310000)`,
        `${flash}.getPage(0x311234)`,
        `${flash}.read(2, 0x31FFFE).length`,
      ),
      ["throws", "throws", "throws", "throws", "throws", "throws", '{"addr":3215360,"length":4096}', "2"],
    );
  });
});
