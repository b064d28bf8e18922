/**
 * The boards that the ingest bench simulates: their ids, secrets and frames are functions of a number, so that every process knows them.
 * @module
 */
import { createHash } from "node:crypto";
import { encodePost } from "#firmware/wire/coap.ts";
import { encodeFrame } from "#firmware/wire/frame.ts";
import type { Reading } from "#firmware/wire/records.ts";
import { sealMessage } from "#firmware/wire/seal.ts";
import { boardSealKeys, wrapSecret } from "#gateway/auth/keyring.ts";
import type { AdmittedBoard } from "#gateway/store/store.ts";

export const BOARDS_KEY = createHash("sha256").update("bench").digest();
const BOOT = 12;
const READING_MS = 10_000;

export function boardIdOf(index: number): string {
  return (0x0242_0000_0000 + index).toString(16).padStart(12, "0");
}

export function secretOf(index: number): Uint8Array {
  return createHash("sha256").update(boardIdOf(index)).digest();
}

export function admission(index: number): AdmittedBoard {
  const boardId = boardIdOf(index);
  return {
    boardId,
    name: boardId,
    role: "consumer",
    meters: [
      { meter: 0, kind: "battery", name: "Battery", ratedPowerW: 240 },
      { meter: 1, kind: "bus", name: "Neighbours", ratedPowerW: 120 },
    ],
    wrappedSecret: wrapSecret(BOARDS_KEY, boardId, secretOf(index)),
    admittedUtcMs: 0,
  };
}

/** A board's n-th reading: two meters in turn. */
export function readingOf(index: number, number: number): Reading {
  const currentMa = 2990 + ((number * 37 + index) % 41);
  return {
    kind: "reading",
    meter: number % 2,
    uptimeMs: 60_000 + number * READING_MS,
    currentMa,
    minCurrentMa: currentMa - 40,
    maxCurrentMa: currentMa + 30,
    voltageMv: 12_400 - (number % 50),
    importMwh: 1_000_000 + number * 100,
    exportMwh: 5,
    relays: 2,
    flags: 0,
  };
}

/** Message ids of boards are as far apart as can be. */
export function messageIdOf(index: number, number: number): number {
  return (index * 61 + number) & 0xffff;
}

/** Makes a board's datagrams: CoAP, sealed, one reading each, all of one boot. */
export function createBoard(index: number): { datagram(number: number): Uint8Array; open: ReturnType<typeof boardSealKeys>["down"] } {
  const { up, down } = boardSealKeys(secretOf(index));
  const boardId = Buffer.from(boardIdOf(index), "hex");
  return {
    datagram(number) {
      const records = [readingOf(index, number)];
      const uptimeMs = 60_040 + number * READING_MS;
      const { plaintext } = encodeFrame({ stream: 0, uptimeMs, boot: BOOT, sequence: number, records }, BOOT);
      // The token says which board, for the answer's way back.
      return encodePost(messageIdOf(index, number), index, sealMessage(up, boardId, { boot: BOOT, number }, plaintext));
    },
    open: down,
  };
}
