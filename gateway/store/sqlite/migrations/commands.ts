/**
 * Schema 3: commands to boards, what they said of their health, and boards that wait to be admitted.
 * @module
 */

export const COMMANDS = "";
