/**
 * What the board knew before a restart, as its newest records tell it.
 * @module
 */
import { visitRecent } from "./ring-survey.ts";
import type { Recorder } from "./recorder.ts";
import type { BoardRecord, Counters } from "../wire/records.ts";

/** What a restart goes on from. */
export interface Kept {
  /** By meter index. */
  counters: Counters[];
  chargePermille: number | null;
  slot: number | null;
}

/** Counters, charge and slot; counters never lower than in any record that was looked at. */
export function readKept(recorder: Recorder): Kept {
  const kept: Kept = { counters: [], chargePermille: null, slot: null };
  for (let i = 0; i < recorder.meters; i++) kept.counters.push({ importMwh: 0, exportMwh: 0 });
  recorder.rings.forEach((ring) => visitRecent(ring.sectors, ring.newestSector, (record) => restore(kept, record)));
  return kept;
}

function restore(kept: Kept, record: BoardRecord): void {
  if (record.kind === "reading") {
    raise(kept.counters[record.meter], record);
    if (record.chargePermille !== undefined) kept.chargePermille = record.chargePermille;
  } else if (record.kind === "checkpoint") {
    record.meters.forEach((meter, i) => raise(kept.counters[i], meter));
    if (record.slot !== null) kept.slot = record.slot;
  }
}

function raise(counters: Counters | undefined, found: Counters): void {
  if (!counters) return;
  counters.importMwh = Math.max(counters.importMwh, found.importMwh);
  counters.exportMwh = Math.max(counters.exportMwh, found.exportMwh);
}
