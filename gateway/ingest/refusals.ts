/**
 * Why a message was refused: the reasons, their counters, and the boards that knocked without being admitted.
 * @module
 */

/** Each reason, in the words that the sender is told. */
export const REFUSALS = {
  truncated: "message cut short",
  oversized: "message above 1024 bytes",
  malformed: "not a sealed frame",
  unknownBoard: "board not admitted",
  badSeal: "seal does not fit",
  implausible: "frame contradicts itself or the clock",
  replayed: "frame number used before",
  overloaded: "too many frames wait",
  storeFailed: "store failed",
  badCoap: "not a CoAP message",
  badOption: "option not supported",
  unsupportedFormat: "content format is not COSE_Mac0",
  notAcceptable: "format asked for is not offered",
  notFound: "no such resource",
  methodNotAllowed: "method not allowed",
} as const;

export type Refusal = keyof typeof REFUSALS;

/** Counts since the gateway's start. */
export interface IngestCounters {
  /** New frames accepted and committed. */
  accepted: number;
  /** Frames accepted again because their answer was lost. */
  repeated: number;
  /** Records stored, and records that were there already. */
  recordsStored: number;
  recordsDuplicate: number;
  refused: Record<Refusal, number>;
}

export function createCounters(): IngestCounters {
  // Object.fromEntries forgets the key type; every reason is a key.
  const refused = Object.fromEntries(Object.keys(REFUSALS).map((reason) => [reason, 0])) as Record<Refusal, number>;
  return { accepted: 0, repeated: 0, recordsStored: 0, recordsDuplicate: 0, refused };
}

/** A board whose frames do not open: it is not admitted, or its secret is another. Its id is only what its messages say. */
export interface UnknownBoard {
  boardId: string;
  /** Refused messages. */
  frames: number;
  firstUtcMs: number;
  lastUtcMs: number;
  lastRefusal: Refusal;
}

export interface UnknownBoards {
  note(boardId: string, utcMs: number, refusal: Refusal): void;
  /** It was admitted, or has been heard after all. */
  forget(boardId: string): void;
  /** The one that knocked last comes first. */
  list(): UnknownBoard[];
}

/** Keeps the `most` boards that knocked last; anybody on the network can make up more. */
export function createUnknownBoards(most: number): UnknownBoards {
  const boards = new Map<string, UnknownBoard>();
  return {
    note(boardId, utcMs, lastRefusal) {
      const { frames, firstUtcMs } = boards.get(boardId) ?? { frames: 0, firstUtcMs: utcMs };
      // Taken out and put in again, so that the map's order is by last knock.
      boards.delete(boardId);
      boards.set(boardId, { boardId, frames: frames + 1, firstUtcMs, lastUtcMs: utcMs, lastRefusal });
      const [oldest] = boards.keys();
      if (boards.size > most && oldest !== undefined) boards.delete(oldest);
    },
    forget: (boardId) => void boards.delete(boardId),
    list: () => [...boards.values()].toReversed(),
  };
}
