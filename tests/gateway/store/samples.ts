/**
 * Boards, frames and batches to fill a store with.
 * @module
 */
import type { BoardEvent, BoardRecord, Checkpoint, Reading } from "#firmware/wire/records.ts";
import type { AdmittedBoard, NewBatch, ReceivedFrame, RecordKey, Store } from "#gateway/store/store.ts";

export const BOARD_A = "0242ac110002";
export const BOARD_B = "fedcba987654";

/** UTC of the samples' boot. */
export const BOOT_UTC_MS = 1_800_000_000_000;

export function admitted(boardId: string, overrides: Partial<AdmittedBoard> = {}): AdmittedBoard {
  return {
    boardId,
    name: `Board ${boardId}`,
    role: "consumer",
    meters: [
      { meter: 0, kind: "battery", name: "Battery", ratedPowerW: 240 },
      { meter: 1, kind: "bus", name: "Neighbours", ratedPowerW: 120 },
    ],
    wrappedSecret: new Uint8Array([1, 2, 3, 255]),
    admittedUtcMs: 1_700_000_000_000,
    ...overrides,
  };
}

export function reading(overrides: Partial<Reading> = {}): Reading {
  return {
    kind: "reading",
    meter: 0,
    uptimeMs: 1000,
    currentMa: -250,
    minCurrentMa: -300,
    maxCurrentMa: 20,
    voltageMv: 12_600,
    importMwh: 10,
    exportMwh: 20,
    relays: 1,
    flags: 0,
    ...overrides,
  };
}

export function event(overrides: Partial<BoardEvent> = {}): BoardEvent {
  return { kind: "event", uptimeMs: 1000, cause: 1, source: 2, value: 395, limit: 400, ...overrides };
}

export function checkpoint(overrides: Partial<Checkpoint> = {}): Checkpoint {
  const meters = [
    { importMwh: 10, exportMwh: 20 },
    { importMwh: 30, exportMwh: 40 },
  ];
  return { kind: "checkpoint", uptimeMs: 1000, slot: 2_000_000, flags: 0, meters, ...overrides };
}

/** What of a received frame matters to a test; the rest is filled in. */
export interface FrameSample {
  boardId?: string;
  frameBoot?: number;
  frameNumber?: number;
  frameBootUtcMs?: number;
  bootUtcMs?: number | null;
  boot?: number;
  sequence?: number;
  records?: BoardRecord[];
}

export function received(sample: FrameSample = {}): ReceivedFrame {
  const { boardId = BOARD_A, boot = 1, sequence = 1, records = [reading()], bootUtcMs = BOOT_UTC_MS } = sample;
  const { frameBoot = boot, frameNumber = sequence, frameBootUtcMs = BOOT_UTC_MS } = sample;
  const stream = records[0]?.kind === "checkpoint" ? 1 : 0;
  const frame = { stream, uptimeMs: 5000, boot, sequence, records } as const;
  return { boardId, frameBoot, frameNumber, receivedUtcMs: BOOT_UTC_MS + 5000, frameBootUtcMs, bootUtcMs, frame };
}

export function key(sequence: number, boot = 1, boardId = BOARD_A): RecordKey {
  return { boardId, boot, sequence };
}

export function newBatch(number: number, readings: RecordKey[], checkpoints: RecordKey[] = []): NewBatch {
  const hash = (name: string): string => `0x${Buffer.from(`${name} ${number}`).toString("hex").padEnd(64, "0")}`;
  return {
    batch: {
      number,
      root: hash("root"),
      readingCount: readings.length,
      fromUtcMs: BOOT_UTC_MS,
      toUtcMs: BOOT_UTC_MS + 1000,
      slot: 2_000_000 + number,
      createdUtcMs: BOOT_UTC_MS + 2000,
    },
    readings,
    checkpoints,
    transaction: {
      kind: "commit",
      subject: number,
      nonce: 6 + number,
      raw: `0x02${number.toString(16).padStart(4, "0")}`,
      hash: hash("hash"),
      state: "signed",
      blockNumber: null,
      blockHash: null,
      createdUtcMs: BOOT_UTC_MS + 3000,
    },
  };
}

/** Admits both boards. */
export async function admitBoth(store: Store): Promise<void> {
  await store.admitBoard(admitted(BOARD_A));
  await store.admitBoard(admitted(BOARD_B, { role: "producer" }));
}
