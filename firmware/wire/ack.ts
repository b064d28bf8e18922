/**
 * Acknowledgements as a CBOR sequence (`daisee.cddl`), and the command that one may carry. It is bound to the frame that it answers, so a
 * recorded command can be played to no later frame.
 * @module
 */
import { CborReader, CborWriter } from "./cbor.ts";
import { MAX_BOOT, MAX_U32, MAX_UPTIME_MS, WIRE_VERSION } from "./frame.ts";
import { DIAGNOSTICS, SOURCE, STREAM } from "./records.ts";
import type { Command, NumberedCommand, PolicySettings } from "./commands.ts";
import type { Ack } from "./records.ts";

/** An acknowledgement at its longest, with a policy. */
export const MAX_ACK_BYTES = 160;
/** Calibrations travel as whole millionths. */
const MILLIONTHS = 1e6;
const MAX_MILLIONTHS = 1e12;
const MAX_CHANNEL = 15;
/** Of charges, times, currents and voltages; the board checks the policy as a whole. */
const MAX_SETTING = 0xffffffff;

/** Which command; its values follow. */
const KIND = { policy: 0, override: 1, identify: 2, reboot: 3, diagnostics: 4, calibration: 5 } as const;

/**
 * Writes an acknowledgement into `memory`, of at least {@link MAX_ACK_BYTES}, and gives the part that it takes.
 * @throws when a value is no integer (of a calibration: no number) in CBOR's range.
 */
export function encodeAck(ack: Ack, memory = new Uint8Array(MAX_ACK_BYTES)): Uint8Array {
  const out = new CborWriter(memory, 0);
  out.int(WIRE_VERSION);
  out.int(ack.frameBoot);
  out.int(ack.frameNumber);
  out.int(ack.stream);
  out.int(ack.boot);
  out.int(ack.sequence);
  out.int(ack.utcMs);
  if (ack.command) writeCommand(out, ack.command);
  return memory.subarray(0, out.length);
}

function writeCommand(out: CborWriter, { id, command }: NumberedCommand): void {
  out.int(id);
  out.int(KIND[command.kind]);
  for (const value of valuesOf(command)) out.int(value);
}

function valuesOf(command: Command): number[] {
  if (command.kind === "policy") return policyValues(command.policy);
  if (command.kind === "override") return [command.source, command.durationMs];
  if (command.kind === "identify") return [command.durationMs];
  if (command.kind === "calibration") {
    const { offset, gain } = command.calibration;
    return [command.channel, millionths(offset), millionths(gain)];
  }
  return [];
}

function millionths(value: number): number {
  return Math.floor(value * MILLIONTHS + 0.5);
}

/** In the order of `daisee.cddl`. */
export function policyValues(policy: PolicySettings): number[] {
  const { lowPermille, highPermille, reservePermille, giveAbovePermille, minOnMs, minOffMs, deadTimeMs } = policy;
  const { tripMa, lockoutMs, busLiveMv, staleMs } = policy;
  return [lowPermille, highPermille, reservePermille, giveAbovePermille, minOnMs, minOffMs, deadTimeMs].concat([
    tripMa,
    lockoutMs,
    busLiveMv,
    staleMs,
  ]);
}

/** Decodes an acknowledgement. Throws on anything that {@link encodeAck} would not write. */
export function decodeAck(plaintext: Uint8Array): Ack {
  const input = new CborReader(plaintext);
  input.int(WIRE_VERSION, WIRE_VERSION);
  const ack: Ack = {
    frameBoot: input.int(0, MAX_BOOT),
    frameNumber: input.int(0, MAX_U32),
    // The bounds are the values' own ends.
    stream: input.int(STREAM.fine, DIAGNOSTICS) as Ack["stream"],
    boot: input.int(0, MAX_BOOT),
    sequence: input.int(0, MAX_U32),
    utcMs: input.int(0, MAX_UPTIME_MS),
  };
  if (input.hasMore()) ack.command = { id: input.int(1, MAX_U32), command: readCommand(input) };
  input.done();
  return ack;
}

function readCommand(input: CborReader): Command {
  const kind = input.int(KIND.policy, KIND.calibration);
  const setting = (): number => input.int(0, MAX_SETTING);
  if (kind === KIND.policy) {
    return {
      kind: "policy",
      // Read in this order: that of the wire.
      policy: {
        lowPermille: setting(),
        highPermille: setting(),
        reservePermille: setting(),
        giveAbovePermille: setting(),
        minOnMs: setting(),
        minOffMs: setting(),
        deadTimeMs: setting(),
        tripMa: setting(),
        lockoutMs: setting(),
        busLiveMv: setting(),
        staleMs: setting(),
      },
    };
  }
  if (kind === KIND.override) {
    // The bounds are the enumeration's own ends.
    return { kind: "override", source: input.int(SOURCE.off, SOURCE.give) as 0, durationMs: setting() };
  }
  if (kind === KIND.identify) return { kind: "identify", durationMs: setting() };
  if (kind === KIND.calibration) {
    const channel = input.int(0, MAX_CHANNEL);
    const offset = input.int(-MAX_MILLIONTHS, MAX_MILLIONTHS) / MILLIONTHS;
    return { kind: "calibration", channel, calibration: { offset, gain: input.int(-MAX_MILLIONTHS, MAX_MILLIONTHS) / MILLIONTHS } };
  }
  return kind === KIND.reboot ? { kind: "reboot" } : { kind: "diagnostics" };
}
