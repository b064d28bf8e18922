/**
 * The chain's state on disk. anvil can write its own (`--state`), but in place: a kill in the middle leaves half a file. So it is asked for
 * its state and the file replaced whole. Old empty blocks are left out, else a chain of 5 s blocks grows by 22 MB a day.
 * @module
 */
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { readIfThere, replaceFile } from "./files.ts";
import type { Rpc } from "./rpc.ts";

/** Empty blocks that are kept, newest first, for whoever asks for recent ones. */
const KEPT_EMPTY_BLOCKS = 1000;

const hex = z.string().regex(/^0x[0-9a-f]+$/);
/** What is used of anvil's dump; the rest passes through. */
const stateSchema = z.looseObject({
  block: z.looseObject({ number: hex, timestamp: hex }),
  blocks: z.array(z.looseObject({ header: z.looseObject({ number: hex, timestamp: hex }), transactions: z.array(z.unknown()) })),
});

/** Writes the state of a running anvil to a file; on the disk when resolved. */
export async function saveState(rpc: Rpc, path: string): Promise<void> {
  const dump = z.string().parse(await rpc("anvil_dumpState"));
  const state = stateSchema.parse(JSON.parse(gunzipSync(Buffer.from(dump.slice(2), "hex")).toString()));
  const firstKept = Number(state.block.number) - KEPT_EMPTY_BLOCKS;
  const blocks = state.blocks.filter(({ header, transactions }) => {
    const number = Number(header.number);
    // Block 0 is what tells the chain from others.
    return number === 0 || number > firstKept || transactions.length > 0;
  });
  await replaceFile(path, JSON.stringify({ ...state, blocks }));
}

/** Times of a saved chain, UTC ms. */
export interface SavedTimes {
  /** Of block 0, which must be made again with it: anvil makes one at each start, and keeps it beside a loaded one. */
  genesisUtcMs: number;
  /** Of the newest block; a chain that goes on from the file needs a clock that is not behind it. */
  headUtcMs: number;
}

/**
 * Reads the times of a saved chain.
 * @returns null when nothing is saved
 * @throws Error when the file is no saved state
 */
export async function savedTimes(path: string): Promise<SavedTimes | null> {
  const text = await readIfThere(path);
  if (text === null) return null;
  try {
    const { block, blocks } = stateSchema.parse(JSON.parse(text));
    const genesis = blocks.find(({ header }) => Number(header.number) === 0);
    if (genesis === undefined) throw new Error("it has no block 0");
    return { genesisUtcMs: Number(genesis.header.timestamp) * 1000, headUtcMs: Number(block.timestamp) * 1000 };
  } catch (cause) {
    throw new Error(`${path} is no saved chain; restore it from a backup, or delete it to begin a new chain`, { cause });
  }
}
