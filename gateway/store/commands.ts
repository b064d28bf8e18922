/**
 * What the store keeps of commands to boards, boards' diagnostics, and boards that wait to be admitted.
 * @module
 */

// oxlint-disable-next-line typescript/no-empty-object-type
export interface CommandStore {}

/** Its methods by name, for the caller of the database thread. */
export const COMMAND_METHODS: Record<keyof CommandStore, true> = {};
