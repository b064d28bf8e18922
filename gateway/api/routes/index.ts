/**
 * Every route of the API: validation, the OpenAPI document, who may ask, and the client's types all come from here.
 * @module
 */
export * from "./access.ts";
export * from "./accounts.ts";
export * from "./boards.ts";
export * from "./chain.ts";
export * from "./commands.ts";
export * from "./energy.ts";
export * from "./exchange.ts";
export * from "./home.ts";
export * from "./integrations.ts";
export * from "./readings.ts";
export * from "./trade.ts";
export * from "./wire.ts";
