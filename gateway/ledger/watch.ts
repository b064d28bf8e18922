/**
 * Follows the contracts' events for what all homes commit: the newest batches and checkpoints of each, in bounded memory.
 * @module
 */
import type { Chain, ChainEvent, Head } from "./chain.ts";
import type { Neighbour, NeighbourBatch, NeighbourMeter } from "./status.ts";

export interface WatchOptions {
  chain: Pick<Chain, "events" | "blockHash" | "nodeCount" | "registration">;
  /** How far back it looks when it begins. At 5 s a block, 20,000 blocks are more than a day. */
  windowBlocks?: number;
  /** Blocks asked for at once. */
  rangeBlocks?: number;
  /** Newest batches kept of each home. */
  batchesPerNode?: number;
  /** Most homes and meters kept, whatever the chain says. */
  maxNodes?: number;
  maxMeters?: number;
}

interface WatchedMeter extends NeighbourMeter {
  node: number;
}

export function createWatch(options: WatchOptions) {
  const { chain, windowBlocks = 20_000, rangeBlocks = 1000, batchesPerNode = 20, maxNodes = 256, maxMeters = 1024 } = options;
  const batches = new Map<number, NeighbourBatch[]>();
  const meters = new Map<string, WatchedMeter>();
  let nodes = 0;
  /** Something is new since `follow` last said so. */
  let changed = false;
  /** Newest block that is taken in; its hash only where it was the head, for a node need not keep every old empty block. */
  let cursor: { number: number; hash: string | null } | null = null;

  function forget(): void {
    batches.clear();
    meters.clear();
    nodes = 0;
    cursor = null;
  }

  function addBatch({ args, blockNumber, transactionHash }: ChainEvent): void {
    const node = Number(args["node"]);
    const batch: NeighbourBatch = {
      number: Number(args["number"]),
      root: String(args["root"]),
      readingCount: Number(args["readingCount"]),
      fromUtcMs: Number(args["fromMs"]),
      toUtcMs: Number(args["toMs"]),
      transactionHash,
      blockNumber,
    };
    const others = (batches.get(node) ?? []).filter(({ number }) => number !== batch.number);
    if (batches.has(node) || batches.size < maxNodes) batches.set(node, [batch, ...others].slice(0, batchesPerNode));
  }

  async function addCheckpoint({ args }: ChainEvent): Promise<void> {
    const meterId = String(args["meterId"]);
    const before = meters.get(meterId);
    if (before === undefined && meters.size >= maxMeters) return;
    const [slot, importMwh, exportMwh] = [Number(args["slot"]), Number(args["importMwh"]), Number(args["exportMwh"])];
    // A range that could not be read to its end comes again.
    if (before !== undefined && slot <= before.slot) return;
    const { node, kind } = before ?? (await chain.registration(meterId));
    const slotImportMwh = before === undefined ? null : importMwh - before.importMwh;
    const slotExportMwh = before === undefined ? null : exportMwh - before.exportMwh;
    meters.set(meterId, { node, meterId, kind, slot, importMwh, exportMwh, slotImportMwh, slotExportMwh });
  }

  async function take(event: ChainEvent): Promise<void> {
    if (event.name === "BatchCommitted") addBatch(event);
    else if (event.name === "CheckpointRecorded") await addCheckpoint(event);
    // A meter that is admitted again may have another home, and its counters begin anew.
    else if (event.name === "MeterAdmitted") meters.delete(String(event.args["meterId"]));
    else if (event.name === "NodeAdmitted") nodes = Math.max(nodes, Number(event.args["node"]));
  }

  return {
    /**
     * Takes in what happened up to a block. Begins anew when blocks that were taken in are gone.
     * @returns whether anything changed since it last returned.
     * @throws when the chain does not answer; the next call goes on behind the last range that was taken in.
     */
    async follow(head: Head): Promise<boolean> {
      if (cursor?.hash && (await chain.blockHash(cursor.number)) !== cursor.hash) forget();
      if (cursor === null) {
        changed = true;
        nodes = await chain.nodeCount();
      }
      for (let from = cursor === null ? Math.max(0, head.number - windowBlocks + 1) : cursor.number + 1; from <= head.number; from += rangeBlocks) {
        const to = Math.min(head.number, from + rangeBlocks - 1);
        const events = await chain.events(from, to);
        for (const event of events) await take(event);
        cursor = { number: to, hash: to === head.number ? head.hash : null };
        changed ||= events.length > 0;
      }
      const told = changed;
      changed = false;
      return told;
    },

    /** Every home of the community, this one included, by node number. */
    neighbours(): Neighbour[] {
      const known = new Set([...batches.keys(), ...Array.from({ length: Math.min(nodes, maxNodes) }, (_, index) => index + 1)]);
      return [...known]
        .sort((a, b) => a - b)
        .map((node) => ({
          node,
          batches: [...(batches.get(node) ?? [])],
          meters: [...meters.values()]
            .filter((meter) => meter.node === node)
            .map(({ node: _node, ...meter }) => meter)
            .sort((a, b) => (a.meterId < b.meterId ? -1 : 1)),
        }));
    },
  };
}
