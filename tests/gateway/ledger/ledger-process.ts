/**
 * A process to be killed: measures one slot after the other, up to a number of them, settles and clears them, and in each slot sets another
 * ask and deposits a unit. It goes on from what its store holds, and writes a line when it has begun.
 * Arguments: store, settings as JSON (see {@link ProcessSettings}).
 * @module
 */
import assert from "node:assert/strict";
import { writeSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { Wallet } from "ethers";
import { connectChain } from "#chain/provider.ts";
import { createRpc } from "#chain/rpc.ts";
import { createLedger, type LedgerOptions } from "#gateway/ledger/ledger.ts";
import { nodeKeyOf } from "#gateway/ledger/node-key.ts";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";
import { BOARD, SLOT_MS, slotFrames } from "./records.ts";

export interface ProcessSettings {
  rpcUrl: string;
  /** By which nothing is lost: the chain's time goes on by it. */
  chainUrl: string;
  /** Of a key that guards nothing. */
  privateKey: string;
  deployment: NonNullable<LedgerOptions["trading"]>["deployment"];
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
const rpc = createRpc(settings.chainUrl);
const log = { info: () => undefined, warn: () => undefined };
const key = nodeKeyOf(new Wallet(settings.privateKey));
// Blocks come with transactions only, so turns would wait for ever.
const trading = { deployment, newId: () => `order-${measured}-${process.pid}`, onChange: () => undefined, turnBlocks: 0 };
const ledger = createLedger({ store, clock, key, provider, deployment, node, slotMs: SLOT_MS, log, pollMs: 2, maxBackoffMs: 20, trading });
ledger.start();
writeSync(1, "begun\n");

/** Puts the chain's head behind the end of the newest slot, unless it is. */
async function keepTime(): Promise<void> {
  const timestamp = Math.floor((bootUtcMs + measured * SLOT_MS) / 1000) + 1;
  await rpc("evm_mine", [{ timestamp }]).catch(() => undefined);
}

async function trade(): Promise<void> {
  const desk = ledger.trading?.desk ?? assert.fail("the ledger does not trade");
  const [order] = await desk.list();
  const wanted = { side: "ask" as const, price: 1000 + measured, maxSlotMwh: 5000, preferred: [] };
  if (order === undefined) await desk.place(wanted, "test");
  else await desk.replace(order.orderId, wanted, "test");
  await ledger.trading?.transfers.add({ kind: "deposit", amount: 1n, seller: null }, "test");
}

for (;;) {
  const [newest] = await store.batches({ limit: 1 });
  const isIdle = newest === undefined || newest.slot === bootUtcMs / SLOT_MS + measured - 1;
  if (measured < slots && isIdle) {
    await store.commitFrames(slotFrames(bootUtcMs, measured, 1));
    measured += 1;
    await trade();
  }
  await keepTime();
  await delay(20);
}
