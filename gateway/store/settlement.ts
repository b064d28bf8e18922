/**
 * What the store keeps of orders, clearings, and the outbox's other kinds.
 * @module
 */

// oxlint-disable-next-line typescript/no-empty-object-type
export interface SettlementStore {}

/** Its methods by name, for the caller of the database thread. */
export const SETTLEMENT_METHODS: Record<keyof SettlementStore, true> = {};
