/**
 * The whole path in the demo village: how long after a reading's end it is acknowledged, and final on the chain.
 * @module
 */
import { createHmac } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Wallet } from "ethers";
import { connectChain } from "#chain/provider.ts";
import type { Batch } from "#gateway/api/schemas/batches.ts";
import type { Reading } from "#gateway/api/schemas/records.ts";
import { DEMO_SLOT_MS } from "#tools/village/homes.ts";
import { followLive } from "#tools/village/live.ts";
import { startVillage } from "#tools/village/village.ts";
import type { Village } from "#tools/village/village.ts";
import { median } from "./harness.ts";
import type { Bench, Figure } from "./harness.ts";

const SEED = 2017;
const BATCHES = 4;
const ECHOES = 500;
const TRANSACTIONS = 4;
/** About what a frame of two readings takes. */
const FRAME_BYTES = 100;

/**
 * Milliseconds from readings' ends to their stored and acknowledged notification, and to their batch's finality. The first are counted by
 * the board's uptime from `poweredMs`: a reading's UTC is mapped by the smallest delay seen, which would hide just what is measured.
 */
async function measurePath(village: Village, poweredMs: number): Promise<{ acknowledgedMs: number[]; finalMs: number[] }> {
  const [home] = village.homes;
  if (home === undefined) throw new Error("the village has no home");
  const acknowledgedMs: number[] = [];
  const finalMs: number[] = [];
  const stopping = new AbortController();
  for await (const { type, data } of followLive(home.dashboard, stopping.signal)) {
    // The stream's data is what the API's schemas present under the event's name.
    if (type === "reading") {
      acknowledgedMs.push(Date.now() - poweredMs - (data as Reading).uptimeMs);
    }
    if (type !== "batch") continue;
    const { transaction, fromUtcMs, toUtcMs, readingCount } = data as Batch;
    // Its readings are evenly spaced: their mean age is that of the middle.
    if (transaction.state === "final" && readingCount > 0) finalMs.push(Date.now() - (fromUtcMs + toUtcMs) / 2);
    if (finalMs.length >= BATCHES) break;
  }
  stopping.abort();
  return { acknowledgedMs, finalMs };
}

/** A bare UDP echo whose server checks and answers with an HMAC: the least that an acknowledgement could cost. */
async function measureEcho(): Promise<number[]> {
  const key = Buffer.alloc(32, 1);
  const mac = (data: Uint8Array): Buffer => createHmac("sha256", key).update(data).digest();
  const server = createSocket("udp4");
  const client = createSocket("udp4");
  server.on("message", (data, from) => server.send(mac(data), from.port, from.address));
  server.bind(0, "127.0.0.1");
  await once(server, "listening");
  const times: number[] = [];
  for (let i = 0; i < ECHOES; i++) {
    const start = performance.now();
    const data = Buffer.alloc(FRAME_BYTES, i);
    client.send(Buffer.concat([data, mac(data)]), server.address().port, "127.0.0.1");
    await once(client, "message");
    times.push(performance.now() - start);
  }
  server.close();
  client.close();
  return times;
}

/** A bare transaction on the same chain, from signing to its receipt. */
async function measureTransaction(village: Village): Promise<number[]> {
  const provider = connectChain(village.rpcUrl, village.deployment.chainId);
  const wallet = Wallet.createRandom(provider);
  const times: number[] = [];
  for (let nonce = 0; nonce < TRANSACTIONS; nonce++) {
    const start = performance.now();
    const sent = await wallet.sendTransaction({ to: wallet.address, nonce, type: 0, gasPrice: 0, gasLimit: 21_000 });
    await provider.waitForTransaction(sent.hash, 1, 30_000);
    times.push(performance.now() - start);
  }
  provider.destroy();
  return times;
}

export const path: Bench = {
  name: "path",
  summary: "the whole path in the demo village: reading to acknowledged, reading to final",
  async run(): Promise<Figure[]> {
    const folder = await mkdtemp(join(tmpdir(), "daisee-bench-"));
    let poweredMs = 0;
    const village = await startVillage({
      path: join(folder, "village"),
      fresh: true,
      speed: 1,
      httpPort: 0,
      chainPort: 0,
      seed: SEED,
      // The board gets its power a tick later, and counts its uptime once it has started: the figure is an upper bound.
      onStep: (step) => {
        if (step.startsWith("Home 1: gateway and board run")) poweredMs = Date.now();
      },
      onWarning: console.error,
      onCrash: (error) => console.error(error.message),
    });
    try {
      const { acknowledgedMs, finalMs } = await measurePath(village, poweredMs);
      const echoMs = await measureEcho();
      const transactionMs = await measureTransaction(village);
      const waitMs = DEMO_SLOT_MS / 2;
      return [
        { name: "reading to acknowledged, at most", value: median(acknowledgedMs), unit: "ms", reference: { name: "UDP echo with HMAC", value: median(echoMs) }, aim: { of: "value", atMost: 1000 } },
        {
          name: "reading to final",
          value: median(finalMs),
          unit: "ms",
          reference: { name: `half a slot and a bare transaction`, value: waitMs + median(transactionMs) },
          aim: { of: "ratio", atMost: 2 },
        },
      ];
    } finally {
      await village.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};
