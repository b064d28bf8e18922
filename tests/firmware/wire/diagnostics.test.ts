/**
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Diagnostics } from "#firmware/wire/commands.ts";
import { decodeDiagnostics, encodeDiagnostics, isDiagnostics } from "#firmware/wire/diagnostics.ts";
import { encodeFrame, MAX_PLAINTEXT_BYTES } from "#firmware/wire/frame.ts";

const SEED = 20261124;
const u32 = fc.nat(0xffffffff);
const i32 = fc.integer({ min: -(2 ** 31 - 1), max: 2 ** 31 - 1 });
const text = (maxLength: number): fc.Arbitrary<string> => fc.string({ unit: "grapheme-ascii", maxLength });

const diagnostics: fc.Arbitrary<Diagnostics> = fc.record({
  uptimeMs: fc.nat(2 ** 48 - 1),
  firmware: text(32),
  resetCause: fc.nat(255),
  failedStarts: u32,
  safeMode: fc.boolean(),
  freeVariables: u32,
  usedVariables: u32,
  queueFine: u32,
  queueCoarse: u32,
  refused: u32,
  retransmitted: u32,
  slowestTurnMs: u32,
  rssiDbm: fc.option(fc.integer({ min: -128, max: 127 })),
  channels: fc.array(fc.record({ value: fc.option(i32), raw: i32, noise: fc.nat(2 ** 31 - 1) }), { maxLength: 16 }),
  commandId: u32,
  commandResult: fc.constantFrom(0 as const, 1 as const),
  commandReason: text(64),
});

describe("diagnostics", () => {
  it("come back from their encoding as they were, and fit into a message", () => {
    fc.assert(
      fc.property(diagnostics, (sent) => {
        const plaintext = encodeDiagnostics(sent);
        assert.ok(plaintext.length <= MAX_PLAINTEXT_BYTES);
        assert.ok(isDiagnostics(plaintext));
        assert.equal(JSON.stringify(sorted(decodeDiagnostics(plaintext))), JSON.stringify(sorted(sent)));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it("have one encoding only, and whatever else is refused", () => {
    fc.assert(
      fc.property(diagnostics, fc.nat(), fc.nat(255), (sent, at, byte) => {
        const plaintext = encodeDiagnostics(sent);
        plaintext[at % plaintext.length] = byte;
        let decoded: Diagnostics;
        try {
          decoded = decodeDiagnostics(plaintext);
        } catch (error) {
          assert.match(String(error), /^Error: (CBOR|diagnostics): /);
          return;
        }
        assert.deepEqual(encodeDiagnostics(decoded), plaintext);
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it("are rounded to whole units, and cut to what fits", () => {
    const [sample = assert.fail()] = fc.sample(diagnostics, { seed: SEED, numRuns: 1 });
    const channels = [{ value: -0.6, raw: 1.4, noise: 0.5 }];
    const sent = { ...sample, slowestTurnMs: 40.7, firmware: "v".repeat(99), commandReason: "r".repeat(99), channels };
    const got = decodeDiagnostics(encodeDiagnostics(sent));
    assert.deepEqual([got.slowestTurnMs, got.channels], [41, [{ value: -1, raw: 1, noise: 1 }]]);
    assert.deepEqual([got.firmware.length, got.commandReason.length], [32, 64]);
  });

  it("of a channel too many are refused", () => {
    const [sample = assert.fail()] = fc.sample(diagnostics, { seed: SEED, numRuns: 1 });
    const channels = Array.from({ length: 17 }, () => ({ value: 1, raw: 1, noise: 1 }));
    assert.throws(() => decodeDiagnostics(encodeDiagnostics({ ...sample, channels })), /more than 16 channels/);
  });

  it("are told from frames of records by their first byte", () => {
    const event = { kind: "event", uptimeMs: 1, cause: 0, source: 0, value: 0, limit: 0 } as const;
    const { plaintext } = encodeFrame({ stream: 0, uptimeMs: 1, boot: 1, sequence: 0, records: [event] }, 1);
    assert.equal(isDiagnostics(plaintext), false);
    assert.throws(() => decodeDiagnostics(plaintext), /not within 10 to 10/);
  });
});

/** Object keys in one order, for comparison as text. */
function sorted(value: Diagnostics): [string, unknown][] {
  return Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
