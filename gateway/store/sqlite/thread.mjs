/**
 * Entry of the database thread. A thread does not inherit tsx's hooks on Node versions that cannot strip types themselves.
 * @module
 */
import process from "node:process";

if (!process.features.typescript) {
  const { register } = await import("tsx/esm/api");
  register();
}
await import("./thread.ts");
