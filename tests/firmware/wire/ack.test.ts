/**
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeAck, encodeAck } from "#firmware/wire/ack.ts";
import type { Command, PolicySettings } from "#firmware/wire/commands.ts";
import { SOURCE } from "#firmware/wire/records.ts";
import type { Ack } from "#firmware/wire/records.ts";

const SEED = 20261123;
const u32 = fc.nat(0xffffffff);
const millionths = fc.integer({ min: -1e12, max: 1e12 }).map((value) => value / 1e6);

const policy: fc.Arbitrary<PolicySettings> = fc.record({
  lowPermille: u32,
  highPermille: u32,
  reservePermille: u32,
  giveAbovePermille: u32,
  minOnMs: u32,
  minOffMs: u32,
  deadTimeMs: u32,
  tripMa: u32,
  lockoutMs: u32,
  busLiveMv: u32,
  staleMs: u32,
});
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constant("policy"), policy }),
  fc.record({ kind: fc.constant("override"), source: fc.constantFrom(...Object.values(SOURCE)), durationMs: u32 }),
  fc.record({ kind: fc.constant("identify"), durationMs: u32 }),
  fc.constant({ kind: "reboot" } as const),
  fc.constant({ kind: "diagnostics" } as const),
  fc.record({
    kind: fc.constant("calibration"),
    channel: fc.nat(15),
    calibration: fc.record({ offset: millionths, gain: millionths }, { noNullPrototype: true }),
  }),
);
const ack: fc.Arbitrary<Ack> = fc
  .record({
    frameBoot: fc.nat(0xffffff),
    frameNumber: u32,
    stream: fc.constantFrom(0 as const, 1 as const, 2 as const),
    boot: fc.nat(0xffffff),
    sequence: u32,
    utcMs: fc.nat(2 ** 45),
    command: fc.option(fc.record({ id: fc.integer({ min: 1, max: 0xffffffff }), command }), { nil: undefined }),
  })
  .map(({ command: numbered, ...rest }) => (numbered === undefined ? rest : { ...rest, command: numbered }));

describe("acknowledgements", () => {
  it("come back from their encoding as they were, with every kind of command and with none", () => {
    fc.assert(
      fc.property(ack, (sent) => {
        assert.equal(JSON.stringify(decodeAck(encodeAck(sent))), JSON.stringify(sent));
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it("have one encoding only, and whatever else is refused", () => {
    fc.assert(
      fc.property(ack, fc.nat(), fc.nat(255), (sent, at, byte) => {
        const plaintext = encodeAck(sent);
        plaintext[at % plaintext.length] = byte;
        let decoded: Ack;
        try {
          decoded = decodeAck(plaintext);
        } catch (error) {
          assert.match(String(error), /^Error: CBOR: /);
          return;
        }
        assert.deepEqual(encodeAck(decoded), plaintext);
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it("cut short anywhere are refused, but at the command's beginning, which the seal protects", () => {
    fc.assert(
      fc.property(ack, fc.nat(), (sent, cut) => {
        const { command: _, ...bare } = sent;
        const end = encodeAck(bare).length;
        const plaintext = encodeAck(sent);
        const length = cut % plaintext.length;
        if (length === end) assert.deepEqual(decodeAck(plaintext.slice(0, length)), { ...bare });
        else assert.throws(() => decodeAck(plaintext.slice(0, length)), /^Error: CBOR: /);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});
