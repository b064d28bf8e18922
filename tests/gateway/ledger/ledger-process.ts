/**
 * A process to be killed: measures one slot after the other, up to a number of them, and settles them. It goes on from what its store holds,
 * and writes a line when it has begun.
 * Arguments: store, settings as JSON (see {@link ProcessSettings}).
 * @module
 */
import assert from "node:assert/strict";
import { writeSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { Wallet } from "ethers";
import { connectChain } from "#chain/provider.ts";
import { createLedger, type LedgerOptions } from "#gateway/ledger/ledger.ts";
import { nodeKeyOf } from "#gateway/ledger/node-key.ts";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";
import { BOARD, SLOT_MS, slotFrames } from "./records.ts";

export interface ProcessSettings {
  rpcUrl: string;
  /** Of a key that guards nothing. */
  privateKey: string;
  deployment: LedgerOptions["deployment"];
  node: number;
  bootUtcMs: number;
  slots: number;
}

const [, , path = assert.fail("usage: ledger-process.ts STORE SETTINGS"), json = "{}"] = process.argv;
// The cast: the test's own words.
const settings = JSON.parse(json) as ProcessSettings;
const { deployment, node, bootUtcMs, slots } = settings;
const store = await openSqliteStore(path);
await store.admitBoard(BOARD);
let measured = (await store.checkpoints({ limit: 10_000 })).length;
const clock = { nowMs: () => bootUtcMs + measured * SLOT_MS + 100 };
const provider = connectChain(settings.rpcUrl, deployment.chainId);
const log = { info: () => undefined, warn: () => undefined };
const key = nodeKeyOf(new Wallet(settings.privateKey));
createLedger({ store, clock, key, provider, deployment, node, slotMs: SLOT_MS, log, pollMs: 2, maxBackoffMs: 20 }).start();
writeSync(1, "begun\n");
for (;;) {
  const [newest] = await store.batches({ limit: 1 });
  const isIdle = newest === undefined || newest.slot === bootUtcMs / SLOT_MS + measured - 1;
  if (measured < slots && isIdle) {
    await store.commitFrames(slotFrames(bootUtcMs, measured, 1));
    measured += 1;
  }
  await delay(2);
}
