/**
 * What the handlers work with, and what several of them need.
 * @module
 */
import type { Access } from "#gateway/auth/access.ts";
import type { Clock } from "#gateway/clock.ts";
import type { QueuedCommand } from "#gateway/store/commands.ts";
import type { AdmittedBoard, Store } from "#gateway/store/store.ts";
import type { KnownSettings } from "../board-settings.ts";
import type { SessionCookie } from "../cookie.ts";
import type { Transport } from "../env.ts";
import type { Live } from "../live.ts";
import type {
  AdmissionPort,
  CommandsPort,
  ExchangePort,
  FramesPort,
  IngestPort,
  IntegrationsPort,
  LedgerPort,
  NodeDescription,
  OrdersPort,
  SettlementsPort,
} from "../ports.ts";
import { presentCommand } from "../present.ts";
import { ProblemError } from "../problem.ts";
import type { ErrorLog } from "../problem.ts";

/** What a gateway may lack. */
export interface OptionalParts {
  commands?: CommandsPort;
  admission?: AdmissionPort;
  frames?: FramesPort;
  orders?: OrdersPort;
  settlements?: SettlementsPort;
  exchange?: ExchangePort;
  integrations?: IntegrationsPort;
}

export interface Parts extends OptionalParts {
  store: Store;
  ledger: LedgerPort;
  ingest: IngestPort;
  clock: Clock;
  live: Live;
  node: NodeDescription;
  settings: KnownSettings;
  access: Access;
  cookie: SessionCookie;
  transport: Transport;
  log: ErrorLog;
  /** Bytes for ids; `crypto.randomBytes` is one. */
  random: (bytes: number) => Uint8Array;
}

export const missing = (what: string): ProblemError => new ProblemError(404, `There is no ${what}.`);

/** An admitted board. @throws ProblemError 404 when it is not admitted. */
export async function admittedBoard(store: Store, boardId: string): Promise<AdmittedBoard> {
  const board = (await store.boards()).find((one) => one.boardId === boardId);
  if (board === undefined) throw missing(`admitted board ${boardId}`);
  return board;
}

/** Commands among which open ones are looked for; a board's queue holds fewer. */
const RECENT_COMMANDS = 100;

/** What a board was asked and has not answered, newest first. */
export async function openCommands(commands: CommandsPort | undefined, boardId: string): Promise<QueuedCommand[]> {
  const recent = (await commands?.list(boardId, { limit: RECENT_COMMANDS })) ?? [];
  return recent.filter(({ state }) => state === "pending" || state === "sent");
}

/** What a board goes by and the newest change of it that is under way. */
export async function policyState({ settings, commands }: Parts, boardId: string) {
  const pending = (await openCommands(commands, boardId)).find(({ command }) => command.kind === "policy");
  return { policy: settings.of(boardId)?.policy ?? null, pending: pending === undefined ? null : presentCommand(pending) };
}

/** The fields that a query named: the store tells a missing one from an undefined one. */
export function given<Fields extends object>(fields: Fields) {
  // What is undefined has just been left out.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: Exclude<Fields[Name], undefined>;
  };
}

/** Turns the store's refusal of too long a listing into an answer. */
export function refuseTooLong(error: unknown): never {
  if (error instanceof Error && error.message.startsWith("store: more than "))
    throw new ProblemError(400, `${error.message.slice("store: ".length)}.`);
  throw error;
}

/** One page of what was asked for with one item more than fits. */
export function pageOf<Item, Shown>(found: readonly Item[], limit: number, show: (item: Item) => Shown, cursorOf: (last: Item) => string) {
  const items = found.slice(0, limit);
  const last = found.length > limit ? items.at(-1) : undefined;
  return { items: items.map(show), nextCursor: last === undefined ? null : cursorOf(last) };
}
