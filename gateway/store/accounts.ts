/**
 * What the store keeps of people, sessions, tokens, the audit log, tariffs, and what boards are set to.
 * @module
 */

export type HouseholdRole = "owner" | "member" | "guest";
export type Scope = "read" | "control" | "admin";

export interface StoredAccount {
  accountId: string;
  /** No two have the same but for case. */
  name: string;
  role: HouseholdRole;
  /** PHC string of argon2id. */
  passwordHash: string;
  createdUtcMs: number;
  lastLoginUtcMs: number | null;
}

export interface StoredSession {
  sessionId: string;
  accountId: string;
  /** SHA-256 of the cookie's secret, base64url. */
  secretHash: string;
  createdUtcMs: number;
  rotatedUtcMs: number;
  seenUtcMs: number;
  expiresUtcMs: number;
  address: string;
  client: string;
}

export interface StoredToken {
  tokenId: string;
  /** The account that answers for it. */
  accountId: string;
  name: string;
  scope: Scope;
  /** SHA-256 of the secret, base64url. */
  secretHash: string;
  createdUtcMs: number;
  expiresUtcMs: number | null;
  lastUsedUtcMs: number | null;
}

/** One change that somebody made. Before and after are JSON text without secrets, "null" where there was nothing. */
export interface AuditRecord {
  utcMs: number;
  actor: string;
  address: string;
  action: string;
  target: string;
  before: string;
  after: string;
}

export interface StoredAuditRecord extends AuditRecord {
  /** Ascending from 1. */
  entry: number;
}

/** A tariff as JSON text, by its first day (local date, YYYY-MM-DD), of which there is one at most. */
export interface StoredTariff {
  tariffId: string;
  validFrom: string;
  body: string;
}

/** What a board is set to, as JSON text. */
export interface StoredBoardSetting {
  boardId: string;
  body: string;
}

/** All writes are on the disk when they resolve. */
export interface AccountStore {
  /** By name. */
  accounts(): Promise<StoredAccount[]>;
  /** Stores an account when there is none yet. @returns whether it did. */
  addFirstAccount(account: StoredAccount): Promise<boolean>;
  /** Adds or replaces by id. Rejects when another one has the name. */
  putAccount(account: StoredAccount): Promise<void>;
  /** With its sessions and tokens. */
  deleteAccount(accountId: string): Promise<void>;

  sessions(): Promise<StoredSession[]>;
  putSession(session: StoredSession): Promise<void>;
  deleteSessions(sessionIds: string[]): Promise<void>;

  tokens(): Promise<StoredToken[]>;
  putToken(token: StoredToken): Promise<void>;
  deleteToken(tokenId: string): Promise<void>;

  appendAudit(record: AuditRecord): Promise<void>;
  /** Newest first; `before` an entry's number. */
  audit(query: { before?: number; limit: number }): Promise<StoredAuditRecord[]>;

  /** By first day. */
  tariffs(): Promise<StoredTariff[]>;
  /** Adds or replaces by id. Rejects when another one has the first day. */
  putTariff(tariff: StoredTariff): Promise<void>;
  deleteTariff(tariffId: string): Promise<void>;

  boardSettings(): Promise<StoredBoardSetting[]>;
  putBoardSetting(setting: StoredBoardSetting): Promise<void>;
}

/** Its methods by name, for the caller of the database thread. */
export const ACCOUNT_METHODS: Record<keyof AccountStore, true> = {
  accounts: true,
  addFirstAccount: true,
  putAccount: true,
  deleteAccount: true,
  sessions: true,
  putSession: true,
  deleteSessions: true,
  tokens: true,
  putToken: true,
  deleteToken: true,
  appendAudit: true,
  audit: true,
  tariffs: true,
  putTariff: true,
  deleteTariff: true,
  boardSettings: true,
  putBoardSetting: true,
};
