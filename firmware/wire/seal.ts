/**
 * The seal around every message: COSE_Mac0 (RFC 9052 section 6.2) with HMAC 256/64, its payload encrypted with AES-128 in CTR mode.
 * CTR protects nothing against change, so the MAC is outside and is checked first (RFC 9459 section 4).
 * The Partial IV carries boot and message number, which are never used twice under one key; see `README.md` for the nonce rule.
 * @module
 */
import { CborReader, CborWriter } from "./cbor.ts";
import { MAX_BOOT, MAX_MESSAGE_BYTES, MAX_U32 } from "./frame.ts";

/** A board's identifier: the EUI-48 of its Wi-Fi interface. It is the COSE key identifier of every message, both ways. */
export const BOARD_ID_BYTES = 6;
/** HMAC 256/64 keeps 8 bytes (RFC 9053 section 3.1). */
const TAG_BYTES = 8;
/** Protected header: { 1 (alg): 4 (HMAC 256/64), 4 (kid): 6 bytes, 6 (Partial IV): 2 to 10 bytes }. */
const HEADER_BEGIN = [0xa3, 0x01, 0x04, 0x04, 0x46];
const BOARD_ID_AT = 5;
const IV_LABEL = 0x06;
const PARTIAL_IV_AT = 13;
const MAX_PROTECTED_BYTES = PARTIAL_IV_AT + 10;

/** What sealing and opening need of one direction's keys. */
export interface SealKeys {
  /** HMAC-SHA-256 under the direction's MAC key: 32 bytes. */
  mac(message: Uint8Array): Uint8Array;
  /** AES-128-CTR under the direction's encryption key, from the counter block `iv` on. */
  ctr(iv: Uint8Array, data: Uint8Array): Uint8Array;
}

/** The number of a message: the sender's persisted boot counter, and a counter since that boot. */
export interface MessageNumber {
  boot: number;
  number: number;
}

/** A message taken apart, its seal unchecked. */
export interface SealedMessage extends MessageNumber {
  boardId: Uint8Array;
  /** The protected header as it stands in the message, for the MAC. */
  header: Uint8Array;
  ciphertext: Uint8Array;
  tag: Uint8Array;
}

function protectedHeader(boardId: Uint8Array, message: MessageNumber): Uint8Array {
  if (boardId.length !== BOARD_ID_BYTES) throw new Error("seal: a board id has 6 bytes");
  if (message.boot > MAX_BOOT || message.number > MAX_U32) throw new Error("seal: message numbers are used up");
  const out = new CborWriter(new Uint8Array(MAX_PROTECTED_BYTES), 0);
  out.bytes.set(HEADER_BEGIN, 0);
  out.bytes.set(boardId, BOARD_ID_AT);
  out.length = PARTIAL_IV_AT;
  out.int(message.boot);
  out.int(message.number);
  out.bytes[11] = IV_LABEL;
  out.bytes[12] = 0x40 | (out.length - PARTIAL_IV_AT);
  return out.bytes.subarray(0, out.length);
}

/**
 * The Partial IV and a block counter of one byte, left-padded as RFC 9052 section 3.1 says; the context IV is zero since each key serves
 * one direction of one board. Two CBOR integers never begin like another two, so padding makes no two numbers alike.
 */
function counterBlock(header: Uint8Array): Uint8Array {
  const iv = new Uint8Array(16);
  iv.set(header.subarray(PARTIAL_IV_AT), 15 - header.length + PARTIAL_IV_AT);
  return iv;
}

/** MAC_structure of RFC 9052 section 6.3: ["MAC0", protected, external_aad (empty), payload]. */
function macStructure(header: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  const out = new CborWriter(new Uint8Array(header.length + ciphertext.length + 12), 0);
  out.bytes.set([0x84, 0x64, 0x4d, 0x41, 0x43, 0x30], 0);
  out.length = 6;
  out.byteString(header);
  out.byteString(new Uint8Array(0));
  out.byteString(ciphertext);
  return out.bytes.subarray(0, out.length);
}

/** Encrypts and seals a plaintext. The caller never passes the same message number twice. */
export function sealMessage(keys: SealKeys, boardId: Uint8Array, message: MessageNumber, plaintext: Uint8Array): Uint8Array {
  const header = protectedHeader(boardId, message);
  const ciphertext = keys.ctr(counterBlock(header), plaintext);
  const out = new CborWriter(new Uint8Array(header.length + ciphertext.length + TAG_BYTES + 8), 0);
  out.array(4);
  out.byteString(header);
  out.bytes[out.length++] = 0xa0;
  out.byteString(ciphertext);
  out.byteString(keys.mac(macStructure(header, ciphertext)).subarray(0, TAG_BYTES));
  if (out.length > MAX_MESSAGE_BYTES) throw new Error("seal: message above " + MAX_MESSAGE_BYTES + " bytes");
  return out.written();
}

/** Throws where a header's fixed bytes are others: it is deterministic, so nothing else may stand there. */
function checkHeader(header: Uint8Array): void {
  let isKnown = header[11] === IV_LABEL && header[12] === (0x40 | (header.length - PARTIAL_IV_AT));
  for (let i = 0; i < BOARD_ID_AT; i++) isKnown = isKnown && header[i] === HEADER_BEGIN[i];
  if (!isKnown) throw new Error("seal: unknown header");
}

/** Takes a message apart without trusting it or copying it. Throws on anything that {@link sealMessage} would not write. */
export function parseMessage(bytes: Uint8Array): SealedMessage {
  if (bytes.length > MAX_MESSAGE_BYTES) throw new Error("seal: message above " + MAX_MESSAGE_BYTES + " bytes");
  const input = new CborReader(bytes);
  input.array(4, 4);
  const header = input.byteString(MAX_PROTECTED_BYTES);
  input.emptyMap();
  const ciphertext = input.byteString(MAX_MESSAGE_BYTES);
  const tag = input.byteString(TAG_BYTES);
  input.done();
  if (tag.length !== TAG_BYTES) throw new Error("seal: tag is short");
  checkHeader(header);
  const partialIv = new CborReader(header.subarray(PARTIAL_IV_AT));
  const boot = partialIv.int(0, MAX_BOOT);
  const number = partialIv.int(0, MAX_U32);
  partialIv.done();
  return { boardId: header.subarray(BOARD_ID_AT, BOARD_ID_AT + BOARD_ID_BYTES), boot, number, header, ciphertext, tag };
}

/** Checks the seal in time that does not depend on where it differs, and decrypts. Throws when it does not fit the keys. */
export function openMessage(keys: SealKeys, message: SealedMessage): Uint8Array {
  const tag = keys.mac(macStructure(message.header, message.ciphertext)).subarray(0, TAG_BYTES);
  if (!equalBytes(tag, message.tag)) throw new Error("seal: does not fit");
  return keys.ctr(counterBlock(message.header), message.ciphertext);
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] || 0) ^ (b[i] || 0);
  return difference === 0;
}
