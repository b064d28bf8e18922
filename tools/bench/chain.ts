/**
 * The chain's engines under batches: how long until one is final, how many a block takes, and what a validator costs its machine.
 * @module
 */
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { hexlify, Transaction, Wallet } from "ethers";
import { geth } from "#chain/engines/geth.ts";
import { finalityDepth } from "#chain/finality.ts";
import { startLocalChain } from "#chain/local.ts";
import type { LocalChain } from "#chain/local.ts";
import { findProgram } from "#chain/node/program.ts";
import { createRpc } from "#chain/rpc.ts";
import type { Rpc } from "#chain/rpc.ts";
import { BATCH_LIMITS } from "#gateway/ledger/batch.ts";
import { commitGas } from "#gateway/ledger/batcher.ts";
import { median } from "./harness.ts";
import type { Bench, Figure } from "./harness.ts";

const PERIOD_SECONDS = 1;
const CHAIN_ID = 0x2323;
const TRANSACTIONS = 8;
/** Batches of the load, in bursts of so many accounts: more than fit into a block. */
const ACCOUNTS = 150;
const ROUNDS = 3;
/** Measured for so long; CHAIN_IDLE_SECONDS=3600 measures the hour itself. */
const IDLE_SECONDS = Number(process.env["CHAIN_IDLE_SECONDS"] ?? 120);
const TICKS_PER_SECOND = 100;
/** Of a home's commit with two checkpoints: what a batch weighs without readings, which stay at home. */
const COMMIT_BYTES = 420;
const COMMIT_GAS = commitGas(2);

/** A transaction of a commit's size and gas limit; the code it runs is not the contract's, which `gas` measures. */
function sign(wallet: Wallet, nonce: number): Promise<string> {
  const data = hexlify(new Uint8Array(COMMIT_BYTES).fill(1));
  return wallet.signTransaction({ type: 0, gasPrice: 0, chainId: CHAIN_ID, nonce, to: wallet.address, data, gasLimit: COMMIT_GAS });
}

async function receiptBlock(rpc: Rpc, raw: string): Promise<number> {
  const { hash } = Transaction.from(raw);
  for (;;) {
    // The cast: the standard's receipt. geth refuses until it has indexed its first block.
    const receipt = (await rpc("eth_getTransactionReceipt", [hash]).catch(() => null)) as { blockNumber: string } | null;
    if (receipt !== null) return Number(receipt.blockNumber);
    await delay(20);
  }
}

/** Milliseconds from submission until the block is as deep as its engine asks. */
async function measureFinal(rpc: Rpc, { description }: LocalChain): Promise<number> {
  const depth = finalityDepth(description.engine, description.authorities.length);
  const wallet = new Wallet(Wallet.createRandom().privateKey);
  const times: number[] = [];
  for (let nonce = 0; nonce < TRANSACTIONS; nonce++) {
    // Not in step with the blocks.
    await delay(137 * nonce);
    const raw = await sign(wallet, nonce);
    const start = performance.now();
    await rpc("eth_sendRawTransaction", [raw]);
    const block = await receiptBlock(rpc, raw);
    while (Number(await rpc("eth_blockNumber")) - block + 1 < depth) await delay(20);
    times.push(performance.now() - start);
  }
  return median(times);
}

interface Load {
  batches: number;
  perBlock: number;
  cpuSeconds: number;
  seconds: number;
}

async function measureLoad(rpc: Rpc, pid: number): Promise<Load> {
  const wallets = Array.from({ length: ACCOUNTS }, () => new Wallet(Wallet.createRandom().privateKey));
  const before = await cpuSeconds(pid);
  const start = performance.now();
  const inBlocks = new Map<number, number>();
  for (let round = 0; round < ROUNDS; round++) {
    const raws = await Promise.all(wallets.map((wallet) => sign(wallet, round)));
    await Promise.all(raws.map((raw) => rpc("eth_sendRawTransaction", [raw])));
    for (const raw of raws) {
      const block = await receiptBlock(rpc, raw);
      inBlocks.set(block, (inBlocks.get(block) ?? 0) + 1);
    }
  }
  const seconds = (performance.now() - start) / 1000;
  return { batches: ACCOUNTS * ROUNDS, perBlock: Math.max(...inBlocks.values()), cpuSeconds: (await cpuSeconds(pid)) - before, seconds };
}

/** Processor time that a process took (proc(5): user and system, in ticks). */
async function cpuSeconds(pid: number): Promise<number> {
  const [, , , , , , , , , , , user, system] = ((await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1] ?? "").split(" ");
  return (Number(user) + Number(system)) / TICKS_PER_SECOND;
}

async function residentMb(pid: number): Promise<number> {
  return Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

/** Lengths of the files below a folder, but logs for people: the blocks of geth's write-ahead log are allocated long before they are used. */
async function diskMb(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && entry.name !== "engine.log") bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size;
  }
  return bytes / 1e6;
}

async function measureChain(name: string, program: string | null): Promise<Figure[]> {
  const path = await mkdtemp(join(tmpdir(), "daisee-bench-"));
  const options = { path, periodSeconds: PERIOD_SECONDS, geth: program, port: 0, clock: { nowMs: () => Date.now() }, realTime: true };
  const chain = await startLocalChain({ ...options, onExit: console.error, onWarning: console.error });
  try {
    const [rpcUrl = ""] = chain.rpcUrls;
    const rpc = createRpc(rpcUrl);
    const [pid = 0] = chain.pids();
    while (Number(await rpc("eth_blockNumber")) === 0) await delay(50);
    const finalMs = await measureFinal(rpc, chain);

    const [idleCpu, idleDisk, idleBlock] = [await cpuSeconds(pid), await diskMb(path), Number(await rpc("eth_blockNumber"))];
    await delay(IDLE_SECONDS * 1000);
    const idleBlocks = Number(await rpc("eth_blockNumber")) - idleBlock;
    const [cpuShare, diskGrowth, idleMb] = [((await cpuSeconds(pid)) - idleCpu) / IDLE_SECONDS, (await diskMb(path)) - idleDisk, await residentMb(pid)];

    const diskBefore = await diskMb(path);
    const load = await measureLoad(rpc, pid);
    const depth = finalityDepth(chain.description.engine, chain.description.authorities.length);
    const nodes = chain.rpcUrls.length;
    // All nodes share the folder: one's part of it.
    const perHour = (3600 / IDLE_SECONDS) / nodes;
    return [
      { name: `${name}: submission to final`, value: finalMs, unit: "ms", reference: { name: `${depth} blocks of ${PERIOD_SECONDS} s`, value: depth * PERIOD_SECONDS * 1000 }, aim: { of: "ratio", atMost: 1.5 } },
      { name: `${name}: most batches in a block, of ${ACCOUNTS} at once`, value: load.perBlock, unit: "batches", reference: { name: "a block's gas would take", value: Number(BigInt(chain.description.gasLimit) / COMMIT_GAS) } },
      { name: `${name}: idle, processor, an hour from ${IDLE_SECONDS} s`, value: cpuShare * 3600, unit: "s/h", reference: { name: "under load", value: (load.cpuSeconds / load.seconds) * 3600 } },
      { name: `${name}: idle, memory`, value: idleMb, unit: "MB", reference: { name: "under load", value: await residentMb(pid) } },
      { name: `${name}: idle, disk, an hour from ${idleBlocks} blocks`, value: diskGrowth * perHour, unit: "MB/h" },
      { name: `${name}: disk per 1,000 batches, from ${load.batches}`, value: (((await diskMb(path)) - diskBefore) / nodes / load.batches) * 1000, unit: "MB", reference: { name: "their bytes alone", value: (1000 * COMMIT_BYTES) / 1e6 } },
    ];
  } finally {
    await chain.stop();
    await rm(path, { recursive: true, force: true });
  }
}

export const chain: Bench = {
  name: "chain",
  summary: `per engine: time to final, batches per block, what a validator costs idle (${IDLE_SECONDS} s) and under load; up to ${BATCH_LIMITS.readings} readings stay at home per batch`,
  async run(): Promise<Figure[]> {
    const figures = await measureChain("anvil", null);
    const program = await findProgram(geth);
    if (program === null) console.log("  geth: skipped, GETH names none and the PATH has none");
    else figures.push(...(await measureChain("geth, one of three", program)));
    return figures;
  },
};
