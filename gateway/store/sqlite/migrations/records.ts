/**
 * Schema 2: rollups and packed readings.
 * @module
 */

export const RECORDS = "";
