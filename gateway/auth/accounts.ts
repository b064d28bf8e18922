/**
 * The household's accounts. There is always an owner, once there was one.
 * @module
 */
import type { Clock } from "#gateway/clock.ts";
import type { AccountStore, HouseholdRole, StoredAccount } from "#gateway/store/accounts.ts";
import { hashPassword, isPassword } from "./passwords.ts";
import { createId } from "./secrets.ts";
import type { Random } from "./secrets.ts";

/** A change that the household's rules do not allow; the message says what to do. */
export class AccountError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "AccountError";
  }
}

export interface NewAccount {
  name: string;
  password: string;
  role: HouseholdRole;
}

export interface Accounts {
  /** By name. */
  list(): StoredAccount[];
  find(accountId: string): StoredAccount | undefined;
  /** Makes an account, the first one as well. @throws AccountError when the name is taken. */
  add(account: NewAccount): Promise<StoredAccount>;
  /** Makes the first account, an owner; null when there is one already. */
  addFirst(name: string, password: string): Promise<StoredAccount | null>;
  /** @throws AccountError when the name is taken, or no owner would be left. */
  change(accountId: string, change: { name?: string; role?: HouseholdRole; password?: string }): Promise<StoredAccount>;
  /** With its sessions and tokens. @throws AccountError when no owner would be left. */
  remove(accountId: string): Promise<void>;
  /** The account of a name and password; null when they do not fit. Takes as long for an unknown name. */
  check(name: string, password: string): Promise<StoredAccount | null>;
  loggedIn(accountId: string): Promise<void>;
}

/** What a new account is stored as. */
async function storedAccount({ name, password, role }: NewAccount, random: Random, nowMs: number): Promise<StoredAccount> {
  const passwordHash = await hashPassword(password);
  return { accountId: createId(random), name, role, passwordHash, createdUtcMs: nowMs, lastLoginUtcMs: null };
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

export async function createAccounts(options: { store: AccountStore; clock: Clock; random: Random }): Promise<Accounts> {
  const { store, clock, random } = options;
  const byId = new Map((await store.accounts()).map((account) => [account.accountId, account]));
  const list = (): StoredAccount[] => [...byId.values()].sort((a, b) => a.name.localeCompare(b.name));

  function checkName(name: string, except?: string): void {
    if (!list().some((other) => other.accountId !== except && sameName(other.name, name))) return;
    throw new AccountError(`There is an account called ${name} already: choose another name.`);
  }

  function checkOwnerStays(leaving: StoredAccount): void {
    if (leaving.role !== "owner" || list().some(({ role, accountId }) => role === "owner" && accountId !== leaving.accountId)) return;
    throw new AccountError(`${leaving.name} is the only owner: make another account an owner first.`);
  }

  function existing(accountId: string): StoredAccount {
    const account = byId.get(accountId);
    if (account === undefined) throw new AccountError("There is no such account: it was deleted meanwhile.");
    return account;
  }

  async function put(account: StoredAccount): Promise<StoredAccount> {
    await store.putAccount(account);
    byId.set(account.accountId, account);
    return account;
  }

  return {
    list,
    find: (accountId) => byId.get(accountId),
    async add(wanted) {
      checkName(wanted.name);
      const account = await storedAccount(wanted, random, clock.nowMs());
      // Somebody else may have taken it while the password was hashed.
      checkName(wanted.name);
      return put(account);
    },
    async addFirst(name, password) {
      const account = await storedAccount({ name, password, role: "owner" }, random, clock.nowMs());
      if (!(await store.addFirstAccount(account))) return null;
      byId.set(account.accountId, account);
      return account;
    },
    async change(accountId, { name, role, password }) {
      const passwordHash = password === undefined ? undefined : await hashPassword(password);
      const account = existing(accountId);
      if (name !== undefined) checkName(name, accountId);
      if (role !== undefined && role !== "owner") checkOwnerStays(account);
      return put({
        ...account,
        name: name ?? account.name,
        role: role ?? account.role,
        passwordHash: passwordHash ?? account.passwordHash,
      });
    },
    async remove(accountId) {
      checkOwnerStays(existing(accountId));
      byId.delete(accountId);
      await store.deleteAccount(accountId);
    },
    async check(name, password) {
      const account = list().find((one) => sameName(one.name, name));
      return (await isPassword(account?.passwordHash ?? null, password)) ? (account ?? null) : null;
    },
    async loggedIn(accountId) {
      await put({ ...existing(accountId), lastLoginUtcMs: clock.nowMs() });
    },
  };
}

/**
 * Makes an account in a store that no gateway has open: `daisee setup`, and the demo. Leaves an account of that name as it is.
 * @returns whether it made one.
 */
export async function ensureAccount(options: { store: AccountStore; clock: Clock; random: Random }, account: NewAccount): Promise<boolean> {
  const accounts = await createAccounts(options);
  if (accounts.list().some(({ name }) => sameName(name, account.name))) return false;
  await accounts.add(account);
  return true;
}
