/**
 * A process to be killed: commits frames and batches to the store named by its argument, as fast as it can, has what is final packed at
 * once, and writes a line for each once the store has acknowledged it. It goes on from what the store holds.
 * @module
 */
import { writeSync } from "node:fs";
import assert from "node:assert/strict";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";
import { BOARD_A, BOOT_UTC_MS, admitted, newBatch, reading, received } from "./samples.ts";

const FRAMES_IN_GROUP = 3;
const READINGS_IN_FRAME = 4;

const path = process.argv[2] ?? assert.fail("usage: committer.ts STORE");
const store = await openSqliteStore(path);
await store.admitBoard(admitted(BOARD_A));
const [progress] = await store.progress();
const [lastBatch] = await store.batches({ limit: 1 });
let sequence = ((progress?.frameNumber ?? -1) + 1) * READINGS_IN_FRAME;
let number = (lastBatch?.number ?? 0) + 1;

async function commitGroup(): Promise<void> {
  const frames = Array.from({ length: FRAMES_IN_GROUP }, (_, index) => {
    const first = sequence + index * READINGS_IN_FRAME;
    const records = Array.from({ length: READINGS_IN_FRAME }, (__, at) => reading({ importMwh: first + at }));
    return received({ sequence: first, frameNumber: first / READINGS_IN_FRAME, records });
  });
  const results = await store.commitFrames(frames);
  for (const record of results.flatMap(({ stored }) => stored)) writeSync(1, `reading ${record.sequence}\n`);
  sequence += FRAMES_IN_GROUP * READINGS_IN_FRAME;
}

async function commitBatch(): Promise<void> {
  const readings = await store.unbatchedReadings(Infinity, 50);
  const { id } = await store.addBatch(newBatch(number, readings));
  writeSync(1, `batch ${number} ${readings.map((one) => one.sequence).join(",")}\n`);
  await store.updateTransaction(id, { state: "final", blockNumber: 1, blockHash: "0x1" });
  await store.tidy(BOOT_UTC_MS + 30 * 86_400_000);
  number++;
}

for (;;) {
  await Promise.all([commitGroup(), commitBatch()]);
}
