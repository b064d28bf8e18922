/**
 * What this home's meters on the bus counted: as the store has it, which is before the chain does.
 * @module
 */
import type { AdmittedBoard, Store } from "#gateway/store/store.ts";
import { slotEndMs } from "../slots.ts";

/** Counters of all bus meters of the home together, mWh. */
export interface BusCounters {
  importMwh: number;
  exportMwh: number;
}

/** What was drawn or, negative, given in a slot so far. */
export interface RunningEnergy {
  energyMwh: number;
  /** End of the newest reading in it; null, with no energy, when there is none, or the slot before has no checkpoint. */
  untilUtcMs: number | null;
}

/** Records of one slot and board that are looked at: more than one only where a board made it twice. */
const REPEATS = 4;

export function createBus({ store, slotMs }: { store: Pick<Store, "checkpoints" | "latest">; slotMs: number }) {
  /** Counters at the end of a slot; null when the store lacks one. */
  async function at(slot: number, boards: readonly AdmittedBoard[]): Promise<BusCounters | null> {
    const sum = { importMwh: 0, exportMwh: 0 };
    let found = false;
    const checkpoints = await store.checkpoints({ fromSlot: slot, limit: Math.max(1, boards.length) * REPEATS });
    for (const { boardId, meters } of boards) {
      const checkpoint = checkpoints.findLast((one) => one.slot === slot && one.boardId === boardId);
      for (const { meter } of meters.filter(({ kind }) => kind === "bus")) {
        const counters = checkpoint?.meters[meter];
        if (counters === undefined) return null;
        found = true;
        sum.importMwh += counters.importMwh;
        sum.exportMwh += counters.exportMwh;
      }
    }
    return found ? sum : null;
  }

  return {
    at,

    /** What was counted from the end of one slot to that of another; undefined when the store lacks an end. */
    async between(slot: number, later: number, boards: readonly AdmittedBoard[]): Promise<BusCounters | undefined> {
      const [before, now] = [await at(slot, boards), await at(later, boards)];
      if (before === null || now === null) return undefined;
      return { importMwh: now.importMwh - before.importMwh, exportMwh: now.exportMwh - before.exportMwh };
    },

    /** The running slot. */
    async running(slot: number, boards: readonly AdmittedBoard[]): Promise<RunningEnergy> {
      const before = await at(slot - 1, boards);
      const isBus = (id: string, index: number): boolean =>
        boards.some(({ boardId, meters }) => boardId === id && meters.some(({ meter, kind }) => meter === index && kind === "bus"));
      const readings = (await store.latest()).readings.filter(({ boardId, meter }) => isBus(boardId, meter));
      const ends = readings.flatMap(({ endUtcMs }) => endUtcMs ?? []);
      const within = ends.filter((endUtcMs) => endUtcMs > slot * slotMs && endUtcMs <= slotEndMs(slot, slotMs));
      if (before === null || within.length === 0) return { energyMwh: 0, untilUtcMs: null };
      const counted = readings.reduce((sum, { importMwh, exportMwh }) => sum + importMwh - exportMwh, 0);
      return { energyMwh: counted - (before.importMwh - before.exportMwh), untilUtcMs: Math.max(...within) };
    },
  };
}
