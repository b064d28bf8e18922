/**
 * What the page shows, as signals, kept up to date from the gateway.
 * @module
 */
import { batch as together, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { bodyOf } from "#gateway/api/client.ts";
import type { Client } from "#gateway/api/client.ts";
import type { Batch } from "#gateway/api/schemas/batches.ts";
import type { Chain, Neighbour } from "#gateway/api/schemas/chain.ts";
import type { Board, Node, WaitingBoard } from "#gateway/api/schemas/node.ts";
import type { Tariff } from "#gateway/api/schemas/tariffs.ts";
import { connect } from "./connection.ts";
import type { StreamMessage } from "./connection.ts";
import { withReading } from "./history.ts";
import type { History } from "./history.ts";
import { readSnapshot } from "./snapshot.ts";
import { statusOf } from "./problem.ts";
import type { Session } from "./session.ts";
import { texts } from "./texts.ts";
import { withAppliedPolicy, withBatch, withLatestEvent, withLatestReading } from "./updates.ts";

export interface Model {
  connection: ReadonlySignal<"connecting" | "live" | "lost">;
  node: ReadonlySignal<Node | null>;
  boards: ReadonlySignal<readonly Board[]>;
  /** Boards that send without being admitted, as of the last full load. */
  waiting: ReadonlySignal<readonly WaitingBoard[]>;
  batches: ReadonlySignal<readonly Batch[]>;
  neighbours: ReadonlySignal<readonly Neighbour[]>;
  chain: ReadonlySignal<Chain | null>;
  /** As of the last full load. */
  tariffs: ReadonlySignal<readonly Tariff[]>;
  history: ReadonlySignal<History>;
  /** The gateway's clock, moving between two of its messages. */
  nowUtcMs: ReadonlySignal<number>;
  /** The gateway's clock when it was last heard; null before that. */
  heardUtcMs: ReadonlySignal<number | null>;
  /** The newest switch-over, for screen readers. */
  announcement: ReadonlySignal<string>;
  /** Counts the times that all was read anew: what pages read by themselves may be old with it. */
  resyncs: ReadonlySignal<number>;
  /** Calls back with all that happens. @returns what ends that. */
  listen(listener: (message: StreamMessage) => void): () => void;
  /** Reads anew the boards that wait and those that are admitted, which no message tells. */
  reloadBoards(): Promise<void>;
  /** Looks whether the stream is still alive, after a sleep. */
  wake(): void;
  /** Ends following the gateway. */
  close(): void;
}

const TICK_MS = 500;

/** Starts to follow the gateway that `client` speaks to; asks `session` anew when that is no longer allowed. */
export function createModel(client: Client, session: Pick<Session, "refresh">): Model {
  const connection = signal<"connecting" | "live" | "lost">("connecting");
  const node = signal<Node | null>(null);
  const boards = signal<readonly Board[]>([]);
  const waitingBoards = signal<readonly WaitingBoard[]>([]);
  const batches = signal<readonly Batch[]>([]);
  const neighbours = signal<readonly Neighbour[]>([]);
  const chain = signal<Chain | null>(null);
  const tariffs = signal<readonly Tariff[]>([]);
  const history = signal<History>(new Map());
  const nowUtcMs = signal(Date.now());
  const heardUtcMs = signal<number | null>(null);
  const announcement = signal("");
  const resyncs = signal(0);
  const listeners = new Set<(message: StreamMessage) => void>();

  let clock = { utcMs: Date.now(), atMs: performance.now() };
  /** What came while a snapshot was being read: it may be newer than that, and goes on top of it. Null while none is read. */
  let waiting: StreamMessage[] | null = null;

  function tick(): void {
    nowUtcMs.value = clock.utcMs + (performance.now() - clock.atMs) * (node.value?.clockSpeed ?? 1);
  }

  function setClock(utcMs: number): void {
    clock = { utcMs, atMs: performance.now() };
    heardUtcMs.value = utcMs;
    tick();
  }

  function apply(message: StreamMessage): void {
    switch (message.name) {
      case "reading":
        boards.value = withLatestReading(boards.value, message.data);
        history.value = withReading(history.value, message.data);
        break;
      case "event": {
        const before = boards.value;
        boards.value = withLatestEvent(before, message.data);
        const board = boards.value.find((one) => one.latestEvent === message.data);
        if (board !== undefined) announcement.value = texts.now.announce(board.name, message.data);
        break;
      }
      case "batch":
        batches.value = withBatch(batches.value, message.data);
        break;
      case "chain":
        chain.value = message.data;
        break;
      case "neighbours":
        neighbours.value = message.data;
        break;
      case "command":
        boards.value = withAppliedPolicy(boards.value, message.data);
        break;
      case "diagnostics":
      case "order":
      case "settlement":
      case "transfer":
      case "clock":
      case "resync":
        break;
    }
    for (const listener of listeners) listener(message);
  }

  async function load(): Promise<void> {
    const missed: StreamMessage[] = [];
    waiting = missed;
    try {
      const snapshot = await readSnapshot(client);
      // A later resync has started another load: that one counts.
      if (waiting !== missed) return;
      waiting = null;
      together(() => {
        node.value = snapshot.node;
        boards.value = snapshot.boards;
        waitingBoards.value = snapshot.waiting;
        batches.value = snapshot.batches;
        neighbours.value = snapshot.neighbours;
        chain.value = snapshot.chain;
        tariffs.value = snapshot.tariffs;
        history.value = snapshot.history;
        setClock(snapshot.node.nowUtcMs);
        for (const message of missed) apply(message);
        connection.value = "live";
        resyncs.value++;
      });
    } catch (error) {
      if (statusOf(error) === 401) void session.refresh();
      // The stream starts over, and with it this.
      if (waiting === missed) stream.reopen();
    }
  }

  function onMessage(message: StreamMessage): void {
    if (message.name === "clock") setClock(message.data.utcMs);
    if (message.name === "resync") void load();
    else if (waiting !== null) waiting.push(message);
    else {
      apply(message);
      if (node.value !== null) connection.value = "live";
    }
  }

  const stream = connect("/api/v1/stream", onMessage, (isRefused) => {
    connection.value = "lost";
    // A stream that is refused may be one of a session that has ended.
    if (isRefused) void session.refresh();
  });
  const ticking = setInterval(tick, TICK_MS);

  async function reloadBoards(): Promise<void> {
    const { items, waiting: others } = await bodyOf(client.boards.$get());
    boards.value = items;
    waitingBoards.value = others;
  }

  function close(): void {
    clearInterval(ticking);
    stream.close();
  }

  function listen(listener: (message: StreamMessage) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  const home = { node, boards, waiting: waitingBoards, batches, neighbours, chain, tariffs, history };
  return { ...home, connection, nowUtcMs, heardUtcMs, announcement, resyncs, listen, reloadBoards, wake: () => stream.wake(), close };
}
