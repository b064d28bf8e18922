/**
 * Schema 5: orders, clearings and the outbox's other kinds.
 * @module
 */

export const SETTLEMENT = "";
