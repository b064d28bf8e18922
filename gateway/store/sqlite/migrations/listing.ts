/**
 * Schema 9: readings are listed by their meters' index.
 * @module
 */

// Each reading of a frame had a place of its own in it, so that it was half of all pages that filing wrote.
export const LISTING = "DROP INDEX reading_by_time;";
