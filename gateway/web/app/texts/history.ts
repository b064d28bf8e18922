/**
 * Texts of the page "history".
 * @module
 */
export const history = {};
