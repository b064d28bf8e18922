/**
 * Frames of a board that measures two meters once a second and checkpoints every slot, as ingest hands them to the store.
 * @module
 */
import type { BoardRecord, Counters, Frame } from "#firmware/wire/records.ts";
import { STREAM } from "#firmware/wire/records.ts";
import type { AdmittedBoard, ReceivedFrame } from "#gateway/store/store.ts";

export const BOARD_ID = "a0b1c2d3e4f5";
export const SLOT_MS = 10_000;
export const READING_MS = 1000;
export const RATED_POWER_W = 100;

export const BOARD: AdmittedBoard = {
  boardId: BOARD_ID,
  name: "attic",
  role: "producer",
  meters: [
    { meter: 0, kind: "battery", name: "battery", ratedPowerW: RATED_POWER_W },
    { meter: 1, kind: "bus", name: "bus", ratedPowerW: RATED_POWER_W },
  ],
  wrappedSecret: new Uint8Array(60),
  admittedUtcMs: 0,
};

/** Counters at an uptime: 36 W out of the battery are 10 mWh each second. */
export function countersAt(uptimeMs: number): [Counters, Counters] {
  const energyMwh = Math.floor(uptimeMs / 100);
  return [
    { importMwh: 0, exportMwh: energyMwh },
    { importMwh: 3, exportMwh: Math.floor(energyMwh / 2) },
  ];
}

function frameOf(bootUtcMs: number, stream: Frame["stream"], sequence: number, records: BoardRecord[], number: number): ReceivedFrame {
  const last = records.at(-1)?.uptimeMs ?? 0;
  const frame: Frame = { stream, uptimeMs: last, boot: 1, sequence, records };
  return { boardId: BOARD_ID, frameBoot: 1, frameNumber: number, receivedUtcMs: bootUtcMs + last, frameBootUtcMs: bootUtcMs, bootUtcMs, frame };
}

/**
 * All that the board measures in slots counted from its boot, which was at the beginning of a slot.
 * @param fromSlot first slot, from 0.
 * @param slots how many.
 */
export function slotFrames(bootUtcMs: number, fromSlot: number, slots: number): ReceivedFrame[] {
  const readings: BoardRecord[] = [];
  const checkpoints: BoardRecord[] = [];
  for (let uptimeMs = fromSlot * SLOT_MS + READING_MS; uptimeMs <= (fromSlot + slots) * SLOT_MS; uptimeMs += READING_MS) {
    for (const [meter, counters] of countersAt(uptimeMs).entries()) {
      const current = { currentMa: -3000, minCurrentMa: -3100, maxCurrentMa: -2900, voltageMv: 12_000 };
      const charge = meter === 0 ? { chargePermille: 800 } : {};
      readings.push({ kind: "reading", meter, uptimeMs, ...current, ...counters, relays: 1, flags: 0, ...charge });
    }
    if (uptimeMs % SLOT_MS !== 0) continue;
    const slot = (bootUtcMs + uptimeMs) / SLOT_MS - 1;
    checkpoints.push({ kind: "checkpoint", uptimeMs, slot, flags: 0, meters: countersAt(uptimeMs) });
  }
  const firstReading = (fromSlot * SLOT_MS * 2) / READING_MS;
  return [
    frameOf(bootUtcMs, STREAM.fine, firstReading, readings, 2 * fromSlot + 1),
    frameOf(bootUtcMs, STREAM.coarse, fromSlot, checkpoints, 2 * fromSlot + 2),
  ];
}
