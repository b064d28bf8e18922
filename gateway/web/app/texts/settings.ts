/**
 * Texts of the page "settings".
 * @module
 */
export const settings = {};
