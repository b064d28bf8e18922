/**
 * Names of topics, and what a message that came on one asks for. Pure.
 * @module
 */
import type { Command } from "#firmware/wire/commands.ts";
import { SOURCE } from "#firmware/wire/records.ts";
import { ROLE_SOURCES } from "#gateway/api/handlers/commands.ts";
import type { SourceName } from "#gateway/api/schemas/records.ts";
import type { AdmittedBoard } from "#gateway/store/store.ts";

/** What gives a board's relays back to its own rules. */
export const AUTOMATIC = "automatic";

/** What to hold so that a relay closes, and so that it opens, K1 first: a giving producer has both closed (`firmware/core/wiring.ts`). */
export const RELAYS: Record<AdmittedBoard["role"], { on: SourceName; off: SourceName }[]> = {
  consumer: [
    { on: "own", off: "off" },
    { on: "bus", off: "off" },
  ],
  producer: [
    { on: "keep", off: "off" },
    { on: "give", off: "keep" },
  ],
};

export interface Topics {
  /** `online` or `offline`, of the gateway. */
  gateway: string;
  /** The same of a board: offline when its readings are old. */
  board(boardId: string): string;
  meter(boardId: string, meter: number): string;
  relays(boardId: string): string;
  price: string;
  set(boardId: string, what: string): string;
  /** Filter of everything that may be set. */
  setAll: string;
}

/** @param base first part of all topics. */
export function topicsOf(base: string, node: number): Topics {
  const root = `${base}/${node}`;
  return {
    gateway: `${root}/status`,
    board: (boardId) => `${root}/${boardId}/status`,
    meter: (boardId, meter) => `${root}/${boardId}/meter/${meter}`,
    relays: (boardId) => `${root}/${boardId}/relays`,
    price: `${root}/price`,
    set: (boardId, what) => `${root}/${boardId}/set/${what}`,
    // Every depth, so that a malformed topic is seen and counted rather than never heard of.
    setAll: `${root}/+/set/#`,
  };
}

export interface Wish {
  board: AdmittedBoard;
  command: Extract<Command, { kind: "override" }>;
}

/**
 * What a message asks of which board.
 * @throws Error saying what is wrong with its topic or payload.
 */
export function wishOf(topic: string, payload: string, options: { topics: Topics; boards: readonly AdmittedBoard[]; durationMs: number }): Wish {
  const { topics, boards, durationMs } = options;
  const board = boards.find(({ boardId }) => topic.startsWith(topics.set(boardId, "")));
  if (board === undefined) throw new Error(`there is no board for the topic ${topic.slice(0, 120)}`);
  const { boardId, role } = board;
  const hold = (source: SourceName): Wish => ({ board, command: { kind: "override", source: SOURCE[source], durationMs } });
  // A duration of 0 ends an override, whatever its source.
  const release: Wish = { board, command: { kind: "override", source: SOURCE.off, durationMs: 0 } };
  const shown = JSON.stringify(payload.slice(0, 40));
  if (topic === topics.set(boardId, "source")) {
    if (payload === AUTOMATIC) return release;
    const source = ROLE_SOURCES[role].find((name) => name === payload);
    if (source === undefined) throw new Error(`a ${role}'s board has the sources ${ROLE_SOURCES[role].join(", ")} and ${AUTOMATIC}; ${shown} came`);
    return hold(source);
  }
  const relay = RELAYS[role].find((_, index) => topic === topics.set(boardId, `relay${index + 1}`));
  if (relay === undefined) throw new Error(`a board's set topics are source, relay1 and relay2; ${topic.slice(0, 120)} came`);
  if (payload === "ON") return hold(relay.on);
  if (payload === "OFF") return hold(relay.off);
  throw new Error(`a relay can be set ON or OFF; ${shown} came`);
}
