/**
 * The AccountStore in SQLite.
 * @module
 */
import type Database from "better-sqlite3";
import type { AccountStore, AuditRecord, StoredAccount, StoredAuditRecord, StoredSession, StoredTariff, StoredToken } from "../accounts.ts";
import { boardIdOf, boardNumber } from "./rows.ts";
import type { Synchronous } from "./synchronous.ts";

const ACCOUNT_COLUMNS = `account_id AS accountId, name, role, password_hash AS passwordHash, created_utc_ms AS createdUtcMs,
  last_login_utc_ms AS lastLoginUtcMs`;
const SESSION_COLUMNS = `session_id AS sessionId, account_id AS accountId, secret_hash AS secretHash, created_utc_ms AS createdUtcMs,
  rotated_utc_ms AS rotatedUtcMs, seen_utc_ms AS seenUtcMs, expires_utc_ms AS expiresUtcMs, address, client`;
const TOKEN_COLUMNS = `token_id AS tokenId, account_id AS accountId, name, scope, secret_hash AS secretHash, created_utc_ms AS createdUtcMs,
  expires_utc_ms AS expiresUtcMs, last_used_utc_ms AS lastUsedUtcMs`;

export function createAccountStore(database: Database.Database): Synchronous<AccountStore> {
  const accounts = database.prepare<[], StoredAccount>(`SELECT ${ACCOUNT_COLUMNS} FROM account ORDER BY name`);
  const addFirst = database.prepare<[StoredAccount]>(
    `INSERT INTO account SELECT :accountId, :name, :role, :passwordHash, :createdUtcMs, :lastLoginUtcMs
     WHERE NOT EXISTS (SELECT 1 FROM account)`,
  );
  const putAccount = database.prepare<[StoredAccount]>(
    `INSERT INTO account VALUES (:accountId, :name, :role, :passwordHash, :createdUtcMs, :lastLoginUtcMs)
     ON CONFLICT (account_id) DO UPDATE SET name = excluded.name, role = excluded.role, password_hash = excluded.password_hash,
       last_login_utc_ms = excluded.last_login_utc_ms`,
  );
  const deleteAccount = database.prepare<[string]>("DELETE FROM account WHERE account_id = ?");

  const sessions = database.prepare<[], StoredSession>(`SELECT ${SESSION_COLUMNS} FROM session ORDER BY created_utc_ms DESC, session_id`);
  const putSession = database.prepare<[StoredSession]>(
    `INSERT INTO session VALUES (:sessionId, :accountId, :secretHash, :createdUtcMs, :rotatedUtcMs, :seenUtcMs, :expiresUtcMs, :address,
       :client)
     ON CONFLICT (session_id) DO UPDATE SET secret_hash = excluded.secret_hash, rotated_utc_ms = excluded.rotated_utc_ms,
       seen_utc_ms = excluded.seen_utc_ms, expires_utc_ms = excluded.expires_utc_ms, address = excluded.address, client = excluded.client`,
  );
  const deleteSession = database.prepare<[string]>("DELETE FROM session WHERE session_id = ?");
  const deleteSessions = database.transaction((ids: string[]) => ids.forEach((id) => deleteSession.run(id)));

  const tokens = database.prepare<[], StoredToken>(`SELECT ${TOKEN_COLUMNS} FROM token ORDER BY created_utc_ms DESC, token_id`);
  const putToken = database.prepare<[StoredToken]>(
    `INSERT INTO token VALUES (:tokenId, :accountId, :name, :scope, :secretHash, :createdUtcMs, :expiresUtcMs, :lastUsedUtcMs)
     ON CONFLICT (token_id) DO UPDATE SET last_used_utc_ms = excluded.last_used_utc_ms`,
  );
  const deleteToken = database.prepare<[string]>("DELETE FROM token WHERE token_id = ?");

  const appendAudit = database.prepare<[AuditRecord]>(
    `INSERT INTO audit (utc_ms, actor, address, action, target, before, after)
     VALUES (:utcMs, :actor, :address, :action, :target, :before, :after)`,
  );
  const audit = database.prepare<[number, number], StoredAuditRecord>(
    "SELECT entry, utc_ms AS utcMs, actor, address, action, target, before, after FROM audit WHERE entry < ? ORDER BY entry DESC LIMIT ?",
  );

  const tariffs = database.prepare<[], StoredTariff>(
    "SELECT tariff_id AS tariffId, valid_from AS validFrom, body FROM tariff ORDER BY valid_from",
  );
  const putTariff = database.prepare<[StoredTariff]>(
    `INSERT INTO tariff VALUES (:tariffId, :validFrom, :body)
     ON CONFLICT (tariff_id) DO UPDATE SET valid_from = excluded.valid_from, body = excluded.body`,
  );
  const deleteTariff = database.prepare<[string]>("DELETE FROM tariff WHERE tariff_id = ?");

  const boardSettings = database.prepare<[], { board: number; body: string }>("SELECT board, body FROM board_setting ORDER BY board");
  const putBoardSetting = database.prepare<[number, string]>(
    "INSERT INTO board_setting VALUES (?, ?) ON CONFLICT (board) DO UPDATE SET body = excluded.body",
  );

  return {
    accounts: () => accounts.all(),
    addFirstAccount: (account) => addFirst.run(account).changes === 1,
    putAccount: (account) => void putAccount.run(account),
    deleteAccount: (accountId) => void deleteAccount.run(accountId),
    sessions: () => sessions.all(),
    putSession: (session) => void putSession.run(session),
    deleteSessions: (ids) => deleteSessions.immediate(ids),
    tokens: () => tokens.all(),
    putToken: (token) => void putToken.run(token),
    deleteToken: (tokenId) => void deleteToken.run(tokenId),
    appendAudit: (record) => void appendAudit.run(record),
    audit: ({ before = Number.MAX_SAFE_INTEGER, limit }) => audit.all(before, limit),
    tariffs: () => tariffs.all(),
    putTariff: (tariff) => void putTariff.run(tariff),
    deleteTariff: (tariffId) => void deleteTariff.run(tariffId),
    boardSettings: () => boardSettings.all().map(({ board, body }) => ({ boardId: boardIdOf(board), body })),
    putBoardSetting: ({ boardId, body }) => void putBoardSetting.run(boardNumber(boardId), body),
  };
}
