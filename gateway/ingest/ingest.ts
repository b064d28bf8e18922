/**
 * Takes sealed frames from boards, however they travelled: open, replay check, time, group commit, sealed acknowledgement.
 * @module
 */
import type { BaseLogger } from "pino";
import { MAX_ACK_BYTES, encodeAck } from "#firmware/wire/ack.ts";
import type { Diagnostics } from "#firmware/wire/commands.ts";
import { DIAGNOSTICS, STREAM } from "#firmware/wire/records.ts";
import type { Ack, BoardRecord } from "#firmware/wire/records.ts";
import { sealMessage } from "#firmware/wire/seal.ts";
import type { BoardSealKeys, Keyring } from "#gateway/auth/keyring.ts";
import type { Clock } from "#gateway/clock.ts";
import type { CommittedFrame, ReceivedFrame, Store } from "#gateway/store/store.ts";
import type { Commands } from "./commands.ts";
import { createGroupCommit } from "./group-commit.ts";
import { openFrame } from "./opened.ts";
import type { OpenedFrame } from "./opened.ts";
import { advance, bootUtcMs, boundsOf, judge, positionOf } from "./position.ts";
import type { Judgement, Position } from "./position.ts";
import { createCounters, createUnknownBoards } from "./refusals.ts";
import type { IngestCounters, Refusal, UnknownBoard } from "./refusals.ts";
import { slotOf } from "./timeline.ts";

/** What became of a message: the sealed acknowledgement of what is durable now, or why it was refused. */
export type Outcome = { ack: Uint8Array; boardId: string } | { refusal: Refusal };

type Done = (outcome: Outcome) => void;

export interface Ingest {
  /** Takes a message. Resolves once its records are on the disk, or with the reason why not; never rejects. */
  accept(message: Uint8Array): Promise<Outcome>;
  /** As {@link accept}, by a callback, which costs less; a refusal may be told before it returns. The message may be reused then. */
  offer(message: Uint8Array, done: Done): void;
  /** Counts a refusal that a transport makes by itself. */
  refuse(refusal: Refusal): Outcome;
  readonly counters: IngestCounters;
  /** Boards whose frames do not open, the last one first: they wait to be admitted, or have another secret. */
  unknownBoards(): UnknownBoard[];
  /** Admits a board while the gateway runs, or gives it other keys. The store must have admitted it before. */
  admit(boardId: string, keys: BoardSealKeys): void;
}

export interface IngestOptions {
  store: Pick<Store, "commitFrames" | "progress" | "increment">;
  keyring: Keyring;
  commands: Pick<Commands, "next" | "report">;
  clock: Clock;
  /** Length of a slot, for checkpoints that a board cut without knowing UTC. */
  slotMs: number;
  log: Pick<BaseLogger, "error">;
  /** Called after each commit, with what is new. */
  onCommitted?: (frames: CommittedFrame[]) => void;
  limits?: Partial<IngestLimits>;
}

export interface IngestLimits {
  /** Frames that may wait for the store: of all boards, and of one. */
  maxWaiting: number;
  maxWaitingOfOne: number;
  /** Frames in one commit. */
  maxGroup: number;
  /** Unknown boards that are remembered. */
  maxUnknownBoards: number;
}

const LIMITS: IngestLimits = { maxWaiting: 4096, maxWaitingOfOne: 64, maxGroup: 1024, maxUnknownBoards: 32 };

/** Node cuts small Buffers from one piece of memory; an array of its own costs as much as a hash as soon as a part of it is asked for. */
const fromPool = (bytes: number): Uint8Array => Buffer.allocUnsafe(bytes);

/** How far a board has come: on the disk, and once its frames in the queue are there; null before its first one. */
interface Standing {
  committed: Position | null;
  queued: Position | null;
}

/** A frame in the queue, and its board's position once it is committed. */
interface Queued {
  received: ReceivedFrame;
  after: Position;
  standing: Standing;
}

/** Starts taking frames in. The store's progress goes on: a frame that was accepted before a restart is known after it. */
export async function createIngest(options: IngestOptions): Promise<Ingest> {
  const { store, keyring, commands, clock, slotMs, log, onCommitted } = options;
  const limits = { ...LIMITS, ...options.limits };
  const counters = createCounters();
  const unknown = createUnknownBoards(limits.maxUnknownBoards);
  const standings = new Map<string, Standing>();
  for (const progress of await store.progress()) {
    const position = positionOf(progress);
    standings.set(progress.boardId, { committed: position, queued: position });
  }
  // Acknowledgements are numbered like a board's frames: a start counter that is on the disk, and a count since that start.
  const start = await store.increment("start");
  let acknowledgements = 0;
  /** Each is written here before it is sealed. */
  const plaintext = new Uint8Array(MAX_ACK_BYTES);

  function refuse(refusal: Refusal): Outcome {
    counters.refused[refusal]++;
    return { refusal };
  }

  function standingOf(boardId: string): Standing {
    const known = standings.get(boardId);
    if (known !== undefined) return known;
    const standing: Standing = { committed: null, queued: null };
    standings.set(boardId, standing);
    return standing;
  }

  async function commit(group: Queued[]): Promise<CommittedFrame[]> {
    const results = await store.commitFrames(group.map(({ received }) => received)).catch((error: unknown) => {
      log.error({ err: error, frames: group.length }, "ingest: the store took no frames; the boards keep them and send them again");
      throw error;
    });
    for (const { standing, after } of group) standing.committed = after;
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
    failed() {
      for (const standing of standings.values()) standing.queued = standing.committed;
    },
    senderOf: ({ received }) => received.boardId,
    ...limits,
  });

  function receive({ boardId, message, frame }: OpenedFrame, after: Position, receivedUtcMs: number): ReceivedFrame {
    const recordsUtcMs = bootUtcMs(after, frame.boot);
    const last = frame.records.at(-1);
    const received: ReceivedFrame = {
      boardId,
      frameBoot: message.boot,
      frameNumber: message.number,
      receivedUtcMs,
      frameBootUtcMs: after.time.bootUtcMs,
      bootUtcMs: recordsUtcMs,
      frame,
    };
    if (recordsUtcMs === null) {
      if (last !== undefined) received.bootBounds = boundsOf(after, frame.boot, last.uptimeMs);
    } else if (frame.stream === STREAM.coarse) {
      received.frame = { ...frame, records: frame.records.map((record) => withSlot(record, recordsUtcMs, slotMs)) };
    }
    return received;
  }

  function acknowledge({ boardId, keyId, message, frame, diagnostics, down }: OpenedFrame, judgement: Judgement): Outcome {
    counters[judgement === "new" ? "accepted" : "repeated"]++;
    unknown.forget(boardId);
    const ack: Ack = {
      frameBoot: message.boot,
      frameNumber: message.number,
      stream: diagnostics === null ? frame.stream : DIAGNOSTICS,
      boot: frame.boot,
      sequence: diagnostics === null ? frame.sequence + frame.records.length - 1 : 0,
      utcMs: clock.nowMs(),
    };
    const command = commands.next(boardId);
    if (command !== null) ack.command = command;
    const number = { boot: start, number: acknowledgements++ };
    return { ack: sealMessage(down, keyId, number, encodeAck(ack, plaintext), fromPool), boardId };
  }

  /** Answers committed diagnostics once they are kept. */
  async function finishDiagnostics(opened: OpenedFrame, diagnostics: Diagnostics, judgement: Judgement, done: Done): Promise<void> {
    const { boardId, message } = opened;
    try {
      await commands.report({ ...diagnostics, boardId, receivedUtcMs: clock.nowMs(), frameBoot: message.boot, frameNumber: message.number });
    } catch (error) {
      log.error({ err: error, boardId }, "ingest: diagnostics were not kept; the board sends them again");
      return done(refuse("storeFailed"));
    }
    done(acknowledge(opened, judgement));
  }

  function take(opened: OpenedFrame, done: Done): void {
    const { boardId, message, frame, diagnostics } = opened;
    const receivedUtcMs = clock.nowMs();
    if (frame.boot > message.boot || frame.uptimeMs > receivedUtcMs) return done(refuse("implausible"));
    const standing = standingOf(boardId);
    const before = standing.queued;
    const judgement = judge(before, message);
    if (judgement === "replayed") return done(refuse("replayed"));
    const after = judgement === "repeated" && before !== null ? before : advance(before, message, receivedUtcMs, frame.uptimeMs);
    const isQueued = enqueue({ received: receive(opened, after, receivedUtcMs), after, standing }, (outcome) => {
      if ("error" in outcome) done(refuse("storeFailed"));
      else if (diagnostics === null) done(acknowledge(opened, judgement));
      else void finishDiagnostics(opened, diagnostics, judgement, done);
    });
    if (!isQueued) return done(refuse("overloaded"));
    standing.queued = after;
  }

  function offer(bytes: Uint8Array, done: Done): void {
    const opened = openFrame(bytes, keyring);
    if (!("refusal" in opened)) return take(opened, done);
    if (opened.boardId !== undefined) unknown.note(opened.boardId, clock.nowMs(), opened.refusal);
    done(refuse(opened.refusal));
  }

  return {
    accept: (message) =>
      new Promise((resolve) => {
        offer(message, resolve);
      }),
    offer,
    refuse,
    counters,
    unknownBoards: () => unknown.list(),
    admit(boardId, keys) {
      keyring.add(boardId, keys);
      unknown.forget(boardId);
    },
  };
}

/** A checkpoint that was cut without UTC gets the slot in which it was cut. */
function withSlot(record: BoardRecord, recordsUtcMs: number, slotMs: number): BoardRecord {
  if (record.kind !== "checkpoint" || record.slot !== null) return record;
  return { ...record, slot: slotOf(recordsUtcMs + record.uptimeMs, slotMs) };
}
