import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { keepEntry, openLog, readEntry, type SettingsLog } from "#firmware/core/settings-log.ts";
import { NorFlash, PowerCut } from "./nor-flash.ts";

const HOST = {
  toText: (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1"),
  toBytes: (text: string) => new Uint8Array(Buffer.from(text, "latin1")),
};

function open(flash: NorFlash): SettingsLog {
  return openLog(flash, 4096, crc32, HOST);
}

describe("settings log", () => {
  it("keeps the newest text of each kind over restarts, whatever their number", () => {
    const texts = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.string({ maxLength: 180 }).map((text) => text.replaceAll(/[^ -~]/g, "?"))), { maxLength: 80 });
    fc.assert(
      fc.property(texts, (entries) => {
        const flash = new NorFlash(3);
        const newest = new Map<number, string>();
        for (const [kind, text] of entries) {
          keepEntry(open(flash), kind, text);
          newest.set(kind, text);
        }
        for (let kind = 0; kind < 10; kind++) assert.equal(readEntry(open(flash), kind), newest.get(kind) ?? null);
      }),
    );
  });

  it("has after a power cut at any byte what it had before, or what was being kept, and every other kind untouched", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 9000 }), (count, energy) => {
        const flash = new NorFlash(3);
        keepEntry(open(flash), 7, "unchanged");
        let kept = "";
        flash.energy = Infinity;
        let cut = false;
        for (let i = 0; i < count && !cut; i++) {
          const text = `limits ${i} ${"x".repeat(200)}`;
          if (i === count - 1) flash.energy = energy;
          try {
            keepEntry(open(flash), 2, text);
            kept = text;
          } catch (error) {
            assert.ok(error instanceof PowerCut);
            cut = true;
          }
        }
        flash.energy = Infinity;
        const found = readEntry(open(flash), 2);
        assert.ok(found === (kept || null) || (cut && (found ?? "").startsWith(`limits ${count - 1} `)));
        assert.equal(readEntry(open(flash), 7), "unchanged");
        keepEntry(open(flash), 2, "after");
        assert.equal(readEntry(open(flash), 2), "after");
      }),
      { numRuns: 300 },
    );
  });

  it("refuses a text that could not be kept, or a flash that keeps nothing", () => {
    const flash = new NorFlash(3);
    assert.throws(() => keepEntry(open(flash), 1, "x".repeat(3000)), /is not kept/);
    for (let i = 4096; i < flash.bytes; i++) flash.stuck.add(i);
    assert.throws(() => keepEntry(open(flash), 1, "x"), /does not keep/);
  });
});
