/**
 * Diagnostics as a CBOR sequence (`daisee.cddl`): a board's health in a frame of its own, which its ring does not keep.
 * @module
 */
import { CborReader, CborWriter } from "./cbor.ts";
import { MAX_PLAINTEXT_BYTES, MAX_U32, MAX_UPTIME_MS, WIRE_VERSION } from "./frame.ts";
import { COMMAND_RESULT } from "./commands.ts";
import { DIAGNOSTICS } from "./records.ts";
import type { ChannelDiagnostics, CommandResult, Diagnostics } from "./commands.ts";

const FORM = 8 * WIRE_VERSION + DIAGNOSTICS;
const MAX_FIRMWARE_CHARACTERS = 32;
const MAX_REASON_CHARACTERS = 64;
const MAX_CHANNELS = 16;
const MAX_RESET_CAUSE = 255;
const MAX_VALUE = 0x7fffffff;
const FIRST_PRINTABLE = 32;
const LAST_PRINTABLE = 126;

/** Whether a plaintext is of a diagnostics frame. */
export function isDiagnostics(plaintext: Uint8Array): boolean {
  return plaintext[0] === FORM;
}

function whole(value: number): number {
  return Math.floor(value + 0.5);
}

/** Values of channels are rounded to whole units; texts are cut to what fits. */
export function encodeDiagnostics(diagnostics: Diagnostics): Uint8Array {
  const out = new CborWriter(new Uint8Array(MAX_PLAINTEXT_BYTES), 0);
  out.int(FORM);
  out.int(diagnostics.uptimeMs);
  out.text(diagnostics.firmware.slice(0, MAX_FIRMWARE_CHARACTERS));
  out.int(diagnostics.resetCause);
  out.int(diagnostics.failedStarts);
  out.int(diagnostics.safeMode ? 1 : 0);
  out.int(diagnostics.freeVariables);
  out.int(diagnostics.usedVariables);
  out.int(diagnostics.queueFine);
  out.int(diagnostics.queueCoarse);
  out.int(diagnostics.refused);
  out.int(diagnostics.retransmitted);
  out.int(whole(diagnostics.slowestTurnMs));
  if (diagnostics.rssiDbm === null) out.nil();
  else out.int(diagnostics.rssiDbm);
  out.int(diagnostics.commandId);
  out.int(diagnostics.commandResult);
  out.text(diagnostics.commandReason.slice(0, MAX_REASON_CHARACTERS));
  diagnostics.channels.forEach((channel) => {
    if (channel.value === null) out.nil();
    else out.int(whole(channel.value));
    out.int(whole(channel.raw));
    out.int(whole(channel.noise));
  });
  return out.written();
}

/** Decodes diagnostics. Throws on anything that {@link encodeDiagnostics} would not write. */
export function decodeDiagnostics(plaintext: Uint8Array): Diagnostics {
  const input = new CborReader(plaintext);
  const count = (): number => input.int(0, MAX_U32);
  input.int(FORM, FORM);
  // Read in this order: that of the wire.
  return {
    uptimeMs: input.int(0, MAX_UPTIME_MS),
    firmware: text(input, MAX_FIRMWARE_CHARACTERS),
    resetCause: input.int(0, MAX_RESET_CAUSE),
    failedStarts: count(),
    safeMode: input.int(0, 1) === 1,
    freeVariables: count(),
    usedVariables: count(),
    queueFine: count(),
    queueCoarse: count(),
    refused: count(),
    retransmitted: count(),
    slowestTurnMs: count(),
    rssiDbm: input.isNil() ? null : input.int(-128, 127),
    commandId: count(),
    // The bounds are the enumeration's own ends.
    commandResult: input.int(COMMAND_RESULT.applied, COMMAND_RESULT.refused) as CommandResult,
    commandReason: text(input, MAX_REASON_CHARACTERS),
    channels: readChannels(input),
  };
}

function text(input: CborReader, most: number): string {
  const codes = input.textBytes(most);
  let value = "";
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] || 0;
    if (code < FIRST_PRINTABLE || code > LAST_PRINTABLE) throw new Error("diagnostics: text is not printable ASCII");
    value += String.fromCharCode(code);
  }
  return value;
}

function readChannels(input: CborReader): ChannelDiagnostics[] {
  const channels: ChannelDiagnostics[] = [];
  while (input.hasMore()) {
    if (channels.length === MAX_CHANNELS) throw new Error("diagnostics: more than " + MAX_CHANNELS + " channels");
    const value = input.isNil() ? null : input.int(-MAX_VALUE, MAX_VALUE);
    channels.push({ value, raw: input.int(-MAX_VALUE, MAX_VALUE), noise: input.int(0, MAX_VALUE) });
  }
  return channels;
}
