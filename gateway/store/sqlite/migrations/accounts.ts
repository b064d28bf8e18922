/**
 * Schema 4: people, their sessions, tokens and what they changed; tariffs.
 * @module
 */

export const ACCOUNTS = "";
