/**
 * Who asks, and what that one may do.
 * @module
 */
import type { HouseholdRole, Scope } from "#gateway/store/accounts.ts";

/** Each has all before it. */
const SCOPES: readonly Scope[] = ["read", "control", "admin"];

const ROLE_SCOPE: Record<HouseholdRole, Scope> = { guest: "read", member: "control", owner: "admin" };

/** Whoever a request comes from. */
export interface Principal {
  /** In the audit log. */
  name: string;
  /** Null: nothing but log in. */
  scope: Scope | null;
  /** The account, itself or the one that answers for a token; null for nobody. */
  accountId: string | null;
  /** Set when a person is logged in. */
  sessionId: string | null;
  /** Set when a program came with a token. */
  tokenId: string | null;
}

/** Nobody is logged in. In a demo anybody may look. */
export function nobody(mode: "accounts" | "demo"): Principal {
  return { name: "nobody", scope: mode === "demo" ? "read" : null, accountId: null, sessionId: null, tokenId: null };
}

export function scopeOf(role: HouseholdRole): Scope {
  return ROLE_SCOPE[role];
}

/** Whether one scope has all of another. */
export function includes(scope: Scope | null, needed: Scope): boolean {
  return scope !== null && SCOPES.indexOf(scope) >= SCOPES.indexOf(needed);
}

/** The smaller one. */
export function lesser(a: Scope, b: Scope): Scope {
  return includes(a, b) ? b : a;
}
