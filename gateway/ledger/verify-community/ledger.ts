/**
 * The registry and the ledger a second time, from their events: who may report what, and what was metered.
 * @module
 */
import type { Result } from "ethers";
import { unpackCheckpoints } from "#contracts/checkpoints.ts";
import { METER_KINDS } from "#contracts/meter-id.ts";
import { compare, type Note } from "./difference.ts";
import type { ContractEvent } from "./events.ts";

/** A meter's counters at the end of a slot; the epoch tells a node's successive meters on the bus apart. */
export interface Counters {
  epoch: number;
  slot: number;
  importMwh: number;
  exportMwh: number;
}

export interface CommittedBatch {
  node: number;
  number: number;
  root: string;
  readingCount: number;
  fromUtcMs: number;
  toUtcMs: number;
  transactionHash: string;
}

interface Meter {
  node: number;
  isBus: boolean;
  ratedPowerW: number;
  admission: number;
  epoch: number;
  active: boolean;
}

const BUS = METER_KINDS.indexOf("bus");
const MAX_EPOCH = 255;

export type LedgerReplay = ReturnType<typeof createLedgerReplay>;

/**
 * @param options.historySlots slots for which the ledger keeps a node's reports
 */
export function createLedgerReplay({ slotSeconds, historySlots, note }: { slotSeconds: number; historySlots: number; note: Note }) {
  const meters = new Map<string, Meter>();
  const newest = new Map<string, Counters & { admission: number }>();
  const busMeters = new Map<number, string>();
  const epochs = new Map<number, number>();
  const batches: CommittedBatch[] = [];
  const lastBatch = new Map<number, number>();
  /** By node and place in its ring. */
  const reports = new Map<string, Counters>();

  function admit(args: Result): void {
    const meterId = String(args["meterId"]);
    const [node, ratedPowerW, admission] = [Number(args["node"]), Number(args["ratedPowerW"]), Number(args["admission"])];
    const isBus = Number(args["kind"]) === BUS;
    const epoch = isBus ? ((epochs.get(node) ?? 0) % MAX_EPOCH) + 1 : 0;
    if (isBus) {
      busMeters.set(node, meterId);
      epochs.set(node, epoch);
    }
    meters.set(meterId, { node, isBus, ratedPowerW, admission, epoch, active: true });
  }

  function limitMwh(ratedPowerW: number, slots: number): number {
    return Number((BigInt(ratedPowerW) * BigInt(slots * slotSeconds) * 7n) / 24n) + 1;
  }

  function record(node: number, number: number, transactionHash: string, checkpoint: { meterId: string; slot: number; importMwh: bigint; exportMwh: bigint }): void {
    const { meterId, slot } = checkpoint;
    const [importMwh, exportMwh] = [Number(checkpoint.importMwh), Number(checkpoint.exportMwh)];
    const place = { subject: `batch ${number} of node ${node}`, transactionHash };
    const meter = meters.get(meterId);
    compare(note, { ...place, what: `home of meter ${meterId}` }, `admitted for node ${node}`, meter?.active ? `admitted for node ${meter.node}` : "not admitted");
    const before = newest.get(meterId);
    if (before !== undefined && slot <= before.slot) note({ ...place, what: `slot of meter ${meterId}`, expected: `after ${before.slot}`, actual: String(slot) });
    if (before !== undefined && meter !== undefined && before.admission === meter.admission) {
      const grown = [importMwh - before.importMwh, exportMwh - before.exportMwh];
      const limit = limitMwh(meter.ratedPowerW, slot - before.slot);
      if (Math.min(...grown) < 0 || Math.max(...grown) > limit) {
        note({ ...place, what: `energy of meter ${meterId} in slot ${slot}`, expected: `0 to ${limit} mWh`, actual: `${grown.join(" and ")} mWh` });
      }
    }
    newest.set(meterId, { epoch: meter?.epoch ?? 0, admission: meter?.admission ?? 0, slot, importMwh, exportMwh });
    if (meter?.isBus) reports.set(`${node}/${slot % historySlots}`, { epoch: meter.epoch, slot, importMwh, exportMwh });
  }

  function commit({ args, transactionHash }: ContractEvent): void {
    const [node, number] = [Number(args["node"]), Number(args["number"])];
    compare(note, { subject: `batch ${number} of node ${node}`, what: "number", transactionHash }, (lastBatch.get(node) ?? 0) + 1, number);
    lastBatch.set(node, number);
    batches.push({
      node,
      number,
      root: String(args["root"]),
      readingCount: Number(args["readingCount"]),
      fromUtcMs: Number(args["fromMs"]),
      toUtcMs: Number(args["toMs"]),
      transactionHash,
    });
    for (const checkpoint of unpackCheckpoints(String(args["checkpoints"]))) record(node, number, transactionHash, checkpoint);
  }

  return {
    apply(event: ContractEvent): void {
      if (event.name === "BatchCommitted") commit(event);
      else if (event.name === "MeterAdmitted") admit(event.args);
      else if (event.name === "MeterRetired") {
        const meter = meters.get(String(event.args["meterId"]));
        if (meter !== undefined) meter.active = false;
      }
    },

    batches: (): readonly CommittedBatch[] => batches,

    /** What a node reported of a slot on the bus; null when it did not, or when the ledger no longer has it. */
    report(node: number, slot: number): Counters | null {
      const found = reports.get(`${node}/${slot % historySlots}`);
      return found?.slot === slot ? found : null;
    },

    /** Most that a node's bus meter may count in one slot, mWh; 0 when it never had one. */
    busLimitMwh(node: number): number {
      const meter = meters.get(busMeters.get(node) ?? "");
      return meter?.node === node ? limitMwh(meter.ratedPowerW, 1) : 0;
    },
  };
}
