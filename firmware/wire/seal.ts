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
const HEADER_BEGIN = new Uint8Array([0xa3, 0x01, 0x04, 0x04, 0x46]);
const BOARD_ID_AT = 5;
const IV_LABEL = 0x06;
const PARTIAL_IV_AT = 13;
const MAX_PROTECTED_BYTES = PARTIAL_IV_AT + 10;
/**
 * MAC_structure of RFC 9052 section 6.3: ["MAC0", protected, external_aad (empty), payload]. It begins with an array of 4 and the text
 * "MAC0"; behind them and a byte for its length is the header.
 */
const STRUCTURE_BEGIN = new Uint8Array([0x84, 0x64, 0x4d, 0x41, 0x43, 0x30]);
const HEADER_AT = 7;
/** Of a message in the MAC_structure that becomes one, or was made of one: it has no text, only the array's own head. */
const MESSAGE_AT = 5;

/** Gives memory of so many bytes, whatever is in it. */
export type Allocate = (bytes: number) => Uint8Array;

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
  /** All of it, its tag last. */
  bytes: Uint8Array;
  /** The protected header's content. */
  header: Uint8Array;
  ciphertext: Uint8Array;
}

/** Bytes of the CBOR head of a byte string. */
function headBytes(length: number): number {
  return length < 24 ? 1 : length < 256 ? 2 : 3;
}

/** Bytes of the CBOR encoding of a message number's part. */
function integerBytes(value: number): number {
  return value < 24 ? 1 : value < 256 ? 2 : value < 0x10000 ? 3 : 5;
}

/**
 * The Partial IV and a block counter of one byte, left-padded as RFC 9052 section 3.1 says; the context IV is zero since each key serves
 * one direction of one board. Two CBOR integers never begin like another two, so padding makes no two numbers alike.
 * @param end of the Partial IV in `bytes`.
 */
function counterBlock(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const iv = new Uint8Array(16);
  for (let i = start; i < end; i++) iv[15 - end + i] = bytes[i] || 0;
  return iv;
}

/**
 * Encrypts and seals a plaintext. The caller never passes the same message number twice.
 * @param allocate gives the memory that the message is made in, for hosts where a new array for each is dear.
 */
export function sealMessage(keys: SealKeys, boardId: Uint8Array, message: MessageNumber, plaintext: Uint8Array, allocate?: Allocate): Uint8Array {
  if (boardId.length !== BOARD_ID_BYTES) throw new Error("seal: a board id has 6 bytes");
  if (message.boot > MAX_BOOT || message.number > MAX_U32) throw new Error("seal: message numbers are used up");
  const headerBytes = PARTIAL_IV_AT + integerBytes(message.boot) + integerBytes(message.number);
  const length = HEADER_AT + headerBytes + 1 + headBytes(plaintext.length) + plaintext.length + 1 + TAG_BYTES;
  if (length - MESSAGE_AT > MAX_MESSAGE_BYTES) throw new Error("seal: message above " + MAX_MESSAGE_BYTES + " bytes");
  const bytes = allocate ? allocate(length) : new Uint8Array(length);
  bytes.set(STRUCTURE_BEGIN, 0);
  bytes[HEADER_AT - 1] = 0x40 | headerBytes;
  bytes.set(HEADER_BEGIN, HEADER_AT);
  bytes.set(boardId, HEADER_AT + BOARD_ID_AT);
  bytes[HEADER_AT + 11] = IV_LABEL;
  bytes[HEADER_AT + 12] = 0x40 | (headerBytes - PARTIAL_IV_AT);
  const structure = new CborWriter(bytes, HEADER_AT + PARTIAL_IV_AT);
  structure.int(message.boot);
  structure.int(message.number);
  const headerEnd = structure.length;
  bytes[structure.length++] = 0x40;
  structure.byteString(keys.ctr(counterBlock(bytes, HEADER_AT + PARTIAL_IV_AT, headerEnd), plaintext));
  const tagAt = structure.length;
  const mac = keys.mac(bytes.subarray(0, tagAt));
  // The message is the structure without its first item, with an empty map for the external data, and with the tag.
  bytes[MESSAGE_AT] = 0x84;
  bytes[headerEnd] = 0xa0;
  bytes[tagAt] = 0x40 | TAG_BYTES;
  for (let i = 0; i < TAG_BYTES; i++) bytes[tagAt + 1 + i] = mac[i] || 0;
  return bytes.subarray(MESSAGE_AT);
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
  return { boardId: header.subarray(BOARD_ID_AT, BOARD_ID_AT + BOARD_ID_BYTES), boot, number, bytes, header, ciphertext };
}

/** Checks the seal in time that does not depend on where it differs, and decrypts. Throws when it does not fit the keys. */
export function openMessage(keys: SealKeys, { bytes, header, ciphertext }: SealedMessage): Uint8Array {
  const tagAt = bytes.length - TAG_BYTES - 1;
  // The structure is the message up to its tag, with the text before the header, and no external data where the message has an empty map.
  const structure = new Uint8Array(MESSAGE_AT + tagAt);
  structure.set(bytes.subarray(0, tagAt), MESSAGE_AT);
  structure.set(STRUCTURE_BEGIN, 0);
  structure[HEADER_AT + header.length] = 0x40;
  const mac = keys.mac(structure);
  let difference = 0;
  for (let i = 0; i < TAG_BYTES; i++) difference |= (mac[i] || 0) ^ (bytes[tagAt + 1 + i] || 0);
  if (difference !== 0) throw new Error("seal: does not fit");
  return keys.ctr(counterBlock(header, PARTIAL_IV_AT, header.length), ciphertext);
}
