/**
 * Texts of the page "boards".
 * @module
 */
export const boards = {};
