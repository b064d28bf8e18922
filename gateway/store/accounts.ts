/**
 * What the store keeps of people, sessions, tokens, the audit log and tariffs.
 * @module
 */

// oxlint-disable-next-line typescript/no-empty-object-type
export interface AccountStore {}

/** Its methods by name, for the caller of the database thread. */
export const ACCOUNT_METHODS: Record<keyof AccountStore, true> = {};
