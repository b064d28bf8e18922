/**
 * From bytes to a frame that is its board's: scan, seal, decode. Nothing is decoded, or decrypted, before its MAC was checked.
 * @module
 */
import { decodeDiagnostics, isDiagnostics } from "#firmware/wire/diagnostics.ts";
import type { Diagnostics } from "#firmware/wire/commands.ts";
import { decodeFrame } from "#firmware/wire/frame.ts";
import { STREAM } from "#firmware/wire/records.ts";
import type { Frame } from "#firmware/wire/records.ts";
import { openMessage, parseMessage } from "#firmware/wire/seal.ts";
import type { MessageNumber, SealKeys } from "#firmware/wire/seal.ts";
import type { Keyring } from "#gateway/auth/keyring.ts";
import type { Refusal } from "./refusals.ts";
import { scan } from "./scan.ts";

/** Nothing of it lies in the message's memory. */
export interface OpenedFrame {
  boardId: string;
  /** The board's COSE key identifier, for the answer. */
  keyId: Uint8Array;
  message: MessageNumber;
  /** Without records when it brings diagnostics. */
  frame: Frame;
  diagnostics: Diagnostics | null;
  /** For the answer. */
  down: SealKeys;
}

/** Why a message was not opened, and whose it claims to be, where that is all that is wrong with it. */
export interface NotOpened {
  refusal: Refusal;
  boardId?: string;
}

/** The wire format's readers throw on bad input; here that is an everyday answer. */
function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function decode(plaintext: Uint8Array, boot: number): Pick<OpenedFrame, "frame" | "diagnostics"> {
  if (!isDiagnostics(plaintext)) return { frame: decodeFrame(plaintext, boot), diagnostics: null };
  const diagnostics = decodeDiagnostics(plaintext);
  return { frame: { stream: STREAM.fine, uptimeMs: diagnostics.uptimeMs, boot, sequence: 0, records: [] }, diagnostics };
}

export function openFrame(bytes: Uint8Array, keyring: Keyring): OpenedFrame | NotOpened {
  const flaw = scan(bytes);
  if (flaw !== null) return { refusal: flaw };
  const message = attempt(() => parseMessage(bytes));
  if (message === null) return { refusal: "malformed" };
  const board = keyring.find(message.boardId);
  if (board === undefined) return { refusal: "unknownBoard", boardId: Buffer.from(message.boardId).toString("hex") };
  const { boardId, keyId, up, down } = board;
  const plaintext = attempt(() => openMessage(up, message));
  if (plaintext === null) return { refusal: "badSeal", boardId };
  const decoded = attempt(() => decode(plaintext, message.boot));
  if (decoded === null) return { refusal: "malformed" };
  const { boot, number } = message;
  const { frame, diagnostics } = decoded;
  return { boardId, keyId, message: { boot, number }, frame, diagnostics, down };
}
