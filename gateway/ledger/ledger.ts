/**
 * The node's account of its energy on the chain: closes slots, commits batches, watches the neighbours' ones, proves readings. It asks the
 * chain again and again, and the chain may be away for weeks: nothing else of the gateway waits for it.
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { JsonRpcProvider } from "ethers";
import type { Logger } from "pino";
import type { Clock } from "#gateway/clock.ts";
import type { OutboxTransaction, RecordKey, Store } from "#gateway/store/store.ts";
import { BATCH_LIMITS, type BatchLimits } from "./batch.ts";
import { createBatcher } from "./batcher.ts";
import { createChain, type Head, type LedgerDeployment } from "./chain.ts";
import { saltKeyOf } from "./leaf.ts";
import type { NodeKey } from "./node-key.ts";
import { createTrading, type Trading, type TradingOptions } from "./exchange/trading.ts";
import { createFinality } from "./finality.ts";
import { createOutbox } from "./outbox.ts";
import { createProver } from "./prover.ts";
import { createPulse } from "./pulse.ts";
import { ContractRefusal, describeError } from "./rpc-error.ts";
import type { ChainStatus, LedgerChange, Neighbour } from "./status.ts";
import type { ReadingProof } from "./verify.ts";
import { createWatch } from "./watch.ts";

export interface LedgerOptions {
  store: Store;
  clock: Clock;
  /** The node's gateway key, by which the registry knows it. */
  key: NodeKey;
  /** From `chain/provider.ts`; the caller destroys it after `stop`. */
  provider: JsonRpcProvider;
  deployment: LedgerDeployment;
  /** The node's number in the registry. */
  node: number;
  /** Settlement interval; the contract's must be the same. */
  slotMs: number;
  log: Pick<Logger, "info" | "warn">;
  /** Told of every change, after it is stored. */
  onChange?: (change: LedgerChange) => void;
  /** How long a slot stays open for a board that has not yet checkpointed it; by default a slot, at most 5 min. */
  graceMs?: number;
  /** Least number of blocks that make a transaction final; see `finality.ts`. */
  finalityDepth?: number;
  /** Pause between two looks at the chain, and the longest one while it does not answer or refuses; real ms. */
  pollMs?: number;
  maxBackoffMs?: number;
  /** How long the chain may take to answer one call, real ms. */
  timeoutMs?: number;
  limits?: BatchLimits;
  /** Trades at the community's exchange; nothing is traded or cleared without it. */
  trading?: Pick<TradingOptions, "deployment" | "newId" | "onChange" | "reserveHoldMs" | "turnBlocks">;
  /** For the jitter of the backoff, from 0 to 1. */
  random?: () => number;
  /** Ends after so many real ms or, rejecting, when the signal aborts. */
  wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

export interface Ledger {
  /** Begins; once. */
  start(): void;
  /** Resolves when nothing of it runs any more; an answer that is still awaited is dropped. */
  stop(): Promise<void>;
  status(): ChainStatus;
  /** All homes that the chain knows, this one included. */
  neighbours(): Neighbour[];
  /** What shows a reading to be in its batch; null when it is in none yet, or unknown. */
  proof(key: RecordKey): Promise<ReadingProof | null>;
  /** The home at the exchange; null where it does not trade. */
  trading: Trading | null;
}

export function createLedger(options: LedgerOptions): Ledger {
  const { store, clock, key, deployment, node, slotMs, log, finalityDepth = 1, pollMs = 1000, maxBackoffMs = 15_000 } = options;
  const { random = Math.random, wait = (ms, signal) => sleep(ms, undefined, { signal }), onChange = () => undefined } = options;
  const stopping = new AbortController();
  const chain = createChain({ provider: options.provider, deployment, timeoutMs: options.timeoutMs ?? 10_000, signal: stopping.signal });
  /** Batches whose change is not told yet. */
  const changed = new Set<number>();
  let running: Promise<void> | null = null;
  let slotsAgree = false;
  let status: ChainStatus = {
    state: "starting",
    detail: key.problem,
    chainId: deployment.chainId,
    headNumber: null,
    headUtcMs: null,
    stalled: false,
    stalledAfterMs: null,
    finalityDepth,
    validators: [],
    headSealer: null,
    answeredUtcMs: null,
    meterRegistry: deployment.contracts.meterRegistry.address,
    energyLedger: deployment.contracts.energyLedger.address,
    account: key.address,
    node,
    openTransactions: 0,
    revertedTransactions: 0,
    refusedCheckpoints: 0,
  };

  const prover = createProver({ store, deployment, node, saltKeys: key.saltKeys });
  const watch = createWatch({ chain });
  const finality = createFinality({ rpc: chain.rpc, leastDepth: finalityDepth });
  const pulse = createPulse((number) => chain.beat(number));
  const outbox = createOutbox({
    store,
    chain,
    account: key.address,
    wallet: key.wallet,
    isFinal: (number, headNumber) => finality.isFinal(number, headNumber),
    onChange(transaction) {
      const { kind, subject, state } = transaction;
      if (kind === "commit") changed.add(subject);
      trading?.onTransaction(transaction);
      // A neighbour may have been first to clear a slot.
      if (state !== "reverted" || kind === "clear") return;
      status = { ...status, revertedTransactions: status.revertedTransactions + 1 };
      log.warn({ kind, subject }, "the contract refused a transaction in a block; a batch is signed anew once the contract would take it");
    },
  });
  /** Nothing new is signed while the key is locked. */
  const batcher =
    key.wallet &&
    createBatcher({
      store,
      chain,
      clock,
      signer: key.wallet,
      saltKey: saltKeyOf(key.wallet.privateKey),
      node,
      slotMs,
      graceMs: options.graceMs ?? Math.min(slotMs, 300_000),
      limits: options.limits ?? BATCH_LIMITS,
      onRefused(refused) {
        status = { ...status, refusedCheckpoints: status.refusedCheckpoints + refused.length };
        log.warn({ refused }, "checkpoints left out of a batch: the contract would refuse them");
      },
    });

  const trading = options.trading === undefined ? null : createTrading({ store, chain, clock, key, node, slotMs, ...options.trading });
  /** What may be signed, in the order of its haste. */
  const makers = [() => trading?.nextOrder(), (head: Head) => batcher?.next(head), (head: Head) => (key.wallet === null ? null : trading?.next(head))];

  function tell(next: Partial<ChainStatus>): void {
    const before = JSON.stringify({ ...status, answeredUtcMs: null });
    const detailBefore = status.detail;
    status = { ...status, ...next };
    if (status.detail !== detailBefore && status.detail !== null) log.warn({ state: status.state }, status.detail);
    if (JSON.stringify({ ...status, answeredUtcMs: null }) !== before) onChange({ type: "chain", chain: status });
  }

  /** Meets the chain: its newest block, or null when it is not the chain that this node belongs to. */
  async function meet(): Promise<Head | null> {
    const { chainId, genesisHash } = await chain.identity();
    if (chainId !== deployment.chainId || genesisHash !== deployment.genesisHash) {
      const detail =
        `This is chain ${chainId} with first block ${genesisHash}, not chain ${deployment.chainId} with ${deployment.genesisHash} on which ` +
        `the contracts were deployed. Nothing is written to it. Connect the gateway to the right chain, or set it up again for this one.`;
      tell({ state: "foreign", detail });
      return null;
    }
    if (!slotsAgree) {
      const slotSeconds = await chain.slotSeconds();
      if (slotSeconds * 1000 !== slotMs) {
        const detail = `The contract settles slots of ${slotSeconds} s, this gateway is set to ${slotMs / 1000} s. Correct the gateway's slotMs.`;
        tell({ state: "foreign", detail });
        return null;
      }
      slotsAgree = true;
    }
    return chain.head();
  }

  /** Signs what is due. What a contract would refuse holds up nothing else. */
  async function make(head: Head): Promise<OutboxTransaction | null> {
    const refusals: ContractRefusal[] = [];
    for (const next of makers) {
      try {
        const made = await next(head);
        if (made) return made;
      } catch (error) {
        if (!(error instanceof ContractRefusal)) throw error;
        refusals.push(error);
      }
    }
    if (refusals[0] !== undefined) throw refusals[0];
    return null;
  }

  async function settle(head: Head): Promise<void> {
    try {
      if ((await outbox.settle(head)) > 0) return;
      const made = await make(head);
      if (made === null) return;
      if (made.kind === "commit") changed.add(made.subject);
      await outbox.settle(head);
    } finally {
      for (const number of changed) {
        const batch = await store.batch(number);
        if (batch !== null) onChange({ type: "batch", batch });
      }
      changed.clear();
    }
  }

  async function follow(head: Head): Promise<void> {
    if (await watch.follow(head)) onChange({ type: "neighbours", neighbours: watch.neighbours() });
  }

  async function followTrade(head: Head): Promise<void> {
    const newestFinal = head.number - finality.depth() + 1;
    const isFinal = newestFinal >= 0 && (await finality.isFinal(newestFinal, head.number));
    await trading?.follow(head, isFinal ? newestFinal : -1);
  }

  /** One look at the chain. @returns whether all went well. */
  async function pass(): Promise<boolean> {
    let head: Head | null;
    try {
      head = await meet();
    } catch (error) {
      if (!stopping.signal.aborted) tell({ state: "away", stalled: false, detail: describeError(error) });
      return false;
    }
    if (head === null) return false;
    await finality.follow(head.number);
    // Neither waits for the other's trouble.
    const results = await Promise.allSettled([settle(head), follow(head)]);
    // After the outbox, which then knows the home's own transactions.
    if (trading !== null && !stopping.signal.aborted) results.push(...(await Promise.allSettled([followTrade(head)])));
    if (stopping.signal.aborted) return false;
    const failed = results.find((result) => result.status === "rejected");
    await pulse.follow(head).catch(() => undefined);
    const stalledAfterMs = pulse.stalledAfterMs(finality.authorities());
    tell({
      state: key.wallet === null ? "locked" : "following",
      detail: key.problem ?? (failed === undefined ? null : describeError(failed.reason)),
      headNumber: head.number,
      headUtcMs: head.timestampMs,
      stalled: stalledAfterMs !== null && clock.nowMs() - head.timestampMs > stalledAfterMs,
      stalledAfterMs,
      finalityDepth: finality.depth(),
      ...finality.sealing(),
      answeredUtcMs: clock.nowMs(),
      openTransactions: (await store.openTransactions(1000)).length,
    });
    return failed === undefined;
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      const ok = await pass().catch((error: unknown) => {
        tell({ detail: describeError(error) });
        return false;
      });
      failures = ok ? 0 : failures + 1;
      const backoffMs = Math.min(maxBackoffMs, pollMs * 2 ** Math.min(failures, 16)) * (0.5 + random() / 2);
      await wait(failures === 0 ? pollMs : backoffMs, stopping.signal).catch(() => undefined);
    }
  }

  return {
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort(new Error("the ledger was stopped"));
      await running;
    },
    status: () => status,
    neighbours: () => watch.neighbours(),
    proof: (reading) => prover.proof(reading),
    trading,
  };
}
