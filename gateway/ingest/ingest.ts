/**
 * Takes sealed frames from boards, however they travelled: scan, seal, decode, replay check, time, group commit, sealed acknowledgement.
 * @module
 */
import type { BaseLogger } from "pino";
import { encodeAck } from "#firmware/wire/ack.ts";
import { decodeFrame } from "#firmware/wire/frame.ts";
import type { BoardRecord, Frame } from "#firmware/wire/records.ts";
import { openMessage, parseMessage, sealMessage } from "#firmware/wire/seal.ts";
import type { MessageNumber, SealKeys, SealedMessage } from "#firmware/wire/seal.ts";
import type { Keyring } from "#gateway/auth/keyring.ts";
import type { Clock } from "#gateway/clock.ts";
import type { CommittedFrame, ReceivedFrame, Store } from "#gateway/store/store.ts";
import { createGroupCommit } from "./group-commit.ts";
import { advance, bootUtcMs, judge, positionOf } from "./position.ts";
import type { Position } from "./position.ts";
import { createCounters, createUnknownBoards } from "./refusals.ts";
import type { IngestCounters, Refusal, UnknownBoard } from "./refusals.ts";
import { scan } from "./scan.ts";
import { slotOf } from "./timeline.ts";

/** What became of a message: the sealed acknowledgement of what is durable now, or why it was refused. */
export type Outcome = { ack: Uint8Array } | { refusal: Refusal };

export interface Ingest {
  /** Takes a message. Resolves once its records are on the disk, or with the reason why not; never rejects. */
  accept(message: Uint8Array): Promise<Outcome>;
  /** Counts a refusal that a transport makes by itself. */
  refuse(refusal: Refusal): Outcome;
  readonly counters: IngestCounters;
  /** Boards that sent frames without being admitted, the last one first. */
  unknownBoards(): UnknownBoard[];
}

export interface IngestOptions {
  store: Pick<Store, "commitFrames" | "progress" | "increment">;
  keyring: Keyring;
  clock: Clock;
  /** Length of a slot, for checkpoints that a board cut without knowing UTC. */
  slotMs: number;
  log: Pick<BaseLogger, "error">;
  /** Called after each commit, with what is new. */
  onCommitted?: (frames: CommittedFrame[]) => void;
  limits?: Partial<IngestLimits>;
}

export interface IngestLimits {
  /** Frames that may wait for the store. */
  maxWaiting: number;
  /** Frames in one commit. */
  maxGroup: number;
  /** Unknown boards that are remembered. */
  maxUnknownBoards: number;
}

const LIMITS: IngestLimits = { maxWaiting: 1024, maxGroup: 256, maxUnknownBoards: 32 };

/** A frame in the queue, and its board's position once it is committed. */
interface Queued {
  received: ReceivedFrame;
  after: Position;
}

/** Starts taking frames in. The store's progress goes on: a frame that was accepted before a restart is known after it. */
export async function createIngest(options: IngestOptions): Promise<Ingest> {
  const { store, keyring, clock, slotMs, log, onCommitted } = options;
  const limits = { ...LIMITS, ...options.limits };
  const counters = createCounters();
  const unknown = createUnknownBoards(limits.maxUnknownBoards);
  const committed = new Map((await store.progress()).map((progress) => [progress.boardId, positionOf(progress)]));
  /** Where it differs: the positions once all frames in the queue are committed. */
  const pending = new Map<string, Position>();
  // Acknowledgements are numbered like a board's frames: a start counter that is on the disk, and a count since that start.
  const start = await store.increment("start");
  let acknowledgements = 0;

  function refuse(refusal: Refusal): Outcome {
    counters.refused[refusal]++;
    return { refusal };
  }

  async function commit(group: Queued[]): Promise<CommittedFrame[]> {
    const results = await store.commitFrames(group.map(({ received }) => received)).catch((error: unknown) => {
      log.error({ err: error, frames: group.length }, "ingest: the store took no frames; the boards keep them and send them again");
      throw error;
    });
    for (const { received, after } of group) {
      committed.set(received.boardId, after);
      if (pending.get(received.boardId) === after) pending.delete(received.boardId);
    }
    for (const { stored, duplicates } of results) {
      counters.recordsStored += stored.length;
      counters.recordsDuplicate += duplicates;
    }
    try {
      onCommitted?.(results);
    } catch (error) {
      log.error({ err: error }, "ingest: a listener failed after a commit");
    }
    return results;
  }

  const enqueue = createGroupCommit<Queued, CommittedFrame>({
    commit,
    failed: () => pending.clear(),
    maxWaiting: limits.maxWaiting,
    maxGroup: limits.maxGroup,
  });

  async function take(boardId: string, message: SealedMessage, frame: Frame, down: SealKeys): Promise<Outcome> {
    const receivedUtcMs = clock.nowMs();
    if (frame.boot > message.boot || frame.uptimeMs > receivedUtcMs) return refuse("implausible");
    const before = pending.get(boardId) ?? committed.get(boardId) ?? null;
    const judgement = judge(before, message);
    if (judgement === "replayed") return refuse("replayed");
    const after = judgement === "repeated" && before !== null ? before : advance(before, message, receivedUtcMs, frame.uptimeMs);
    const received = receive(boardId, message, frame, after, receivedUtcMs);
    const committing = enqueue({ received, after });
    if (committing === null) return refuse("overloaded");
    pending.set(boardId, after);
    try {
      await committing;
    } catch {
      return refuse("storeFailed");
    }
    counters[judgement === "new" ? "accepted" : "repeated"]++;
    const last = { stream: frame.stream, boot: frame.boot, sequence: frame.sequence + frame.records.length - 1 };
    const ack = encodeAck({ frameBoot: message.boot, frameNumber: message.number, ...last, utcMs: clock.nowMs() });
    return { ack: sealMessage(down, message.boardId, { boot: start, number: acknowledgements++ }, ack) };
  }

  function receive(boardId: string, message: MessageNumber, frame: Frame, after: Position, receivedUtcMs: number): ReceivedFrame {
    const frameBootUtcMs = after.time.bootUtcMs;
    const recordsUtcMs = bootUtcMs(after, frame.boot);
    const records = recordsUtcMs === null ? frame.records : frame.records.map((record) => withSlot(record, recordsUtcMs, slotMs));
    return {
      boardId,
      frameBoot: message.boot,
      frameNumber: message.number,
      receivedUtcMs,
      frameBootUtcMs,
      bootUtcMs: recordsUtcMs,
      frame: { ...frame, records },
    };
  }

  async function accept(bytes: Uint8Array): Promise<Outcome> {
    const flaw = scan(bytes);
    if (flaw !== null) return refuse(flaw);
    const message = attempt(() => parseMessage(bytes));
    if (message === null) return refuse("malformed");
    const boardId = Buffer.from(message.boardId).toString("hex");
    const keys = keyring.keys(boardId);
    if (keys === undefined) {
      unknown.note(boardId, clock.nowMs());
      return refuse("unknownBoard");
    }
    const plaintext = attempt(() => openMessage(keys.up, message));
    if (plaintext === null) return refuse("badSeal");
    const frame = attempt(() => decodeFrame(plaintext, message.boot));
    if (frame === null) return refuse("malformed");
    return take(boardId, message, frame, keys.down);
  }

  return { accept, refuse, counters, unknownBoards: () => unknown.list() };
}

/** A checkpoint that was cut without UTC gets the slot in which it was cut. */
function withSlot(record: BoardRecord, recordsUtcMs: number, slotMs: number): BoardRecord {
  if (record.kind !== "checkpoint" || record.slot !== null) return record;
  return { ...record, slot: slotOf(recordsUtcMs + record.uptimeMs, slotMs) };
}

/** The wire format's readers throw on bad input; here that is an everyday answer. */
function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
