/**
 * Slots with their state and what this home's meters counted in them, from the store alone.
 * @module
 */
import { meterIdOf } from "#contracts/meter-id.ts";
import type { Clock } from "#gateway/clock.ts";
import type { AdmittedBoard, Store, StoredCheckpoint } from "#gateway/store/store.ts";
import { slotAt, slotEndMs } from "../slots.ts";
import { SLOT_EVENTS } from "./cleared.ts";

export interface MeteredSlot {
  slot: number;
  startUtcMs: number;
  endUtcMs: number;
  state: "open" | "closed" | "submitted" | "final" | "disputed";
  batchNumber: number | null;
  meters: { meterId: string; importMwh: number; exportMwh: number }[];
}

export interface SlotListOptions {
  store: Pick<Store, "checkpoints" | "exchangeEvents">;
  clock: Clock;
  slotMs: number;
}

/** Records of one slot and board that are looked at: more than one only where a board made it twice. */
const REPEATS = 2;

/** The newest checkpoint of each board in each slot. @param checkpoints ascending by slot, then key */
function newestOf(checkpoints: readonly StoredCheckpoint[]): Map<number, Map<string, StoredCheckpoint>> {
  const slots = new Map<number, Map<string, StoredCheckpoint>>();
  for (const checkpoint of checkpoints) {
    const { slot, boardId } = checkpoint;
    if (slot === null) continue;
    const boards = slots.get(slot) ?? new Map<string, StoredCheckpoint>();
    slots.set(slot, boards.set(boardId, checkpoint));
  }
  return slots;
}

function countedBy(now: StoredCheckpoint, before: StoredCheckpoint | undefined): MeteredSlot["meters"] {
  return now.meters.flatMap(({ importMwh, exportMwh }, meter) => {
    const earlier = before?.meters[meter];
    const counted = earlier && { importMwh: importMwh - earlier.importMwh, exportMwh: exportMwh - earlier.exportMwh };
    // A meter that lost its counters begins anew.
    if (counted === undefined || counted.importMwh < 0 || counted.exportMwh < 0) return [];
    return [{ meterId: meterIdOf(now.boardId, meter), ...counted }];
  });
}

export function createSlotList({ store, clock, slotMs }: SlotListOptions) {
  /** Slots from one down to another one, both included. */
  async function between(newest: number, oldest: number, boards: readonly AdmittedBoard[]): Promise<MeteredSlot[]> {
    const count = newest - oldest + 1;
    const limit = (count + 1) * Math.max(1, boards.length) * REPEATS;
    const found = newestOf(await store.checkpoints({ fromSlot: Math.max(0, oldest - 1), limit }));
    const told = await store.exchangeEvents({ names: SLOT_EVENTS, fromSlot: oldest, beforeSlot: newest + 1, limit: count * 2 });
    const running = slotAt(clock.nowMs(), slotMs);
    return Array.from({ length: count }, (_, back): MeteredSlot => {
      const slot = newest - back;
      const now = [...(found.get(slot)?.values() ?? [])];
      const batches = now.map(({ batch }) => batch);
      const isCommitted = batches.length > 0 && !batches.includes(null);
      const event = told.find((one) => one.slot === slot)?.name;
      const settled = event === "SlotCleared" ? "final" : event === "SlotDisputed" ? "disputed" : null;
      return {
        slot,
        startUtcMs: slot * slotMs,
        endUtcMs: slotEndMs(slot, slotMs),
        state: slot >= running ? "open" : (settled ?? (isCommitted ? "submitted" : "closed")),
        batchNumber: isCommitted ? Math.max(...batches.flatMap((batch) => batch ?? [])) : null,
        meters: now.flatMap((checkpoint) => countedBy(checkpoint, found.get(slot - 1)?.get(checkpoint.boardId))),
      };
    });
  }

  return {
    /** Newest first, from the running slot down to the first that a board checkpointed. */
    async slots(query: { fromSlot?: number; beforeSlot?: number; limit: number }, boards: readonly AdmittedBoard[]): Promise<MeteredSlot[]> {
      const { fromSlot = 0, beforeSlot = Infinity, limit } = query;
      const running = slotAt(clock.nowMs(), slotMs);
      const [first] = await store.checkpoints({ fromSlot: 0, limit: 1 });
      const newest = Math.min(running, beforeSlot - 1);
      const oldest = Math.max(fromSlot, first?.slot ?? running, newest - limit + 1);
      return oldest > newest ? [] : between(newest, oldest, boards);
    },
  };
}
