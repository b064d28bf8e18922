/**
 * Loaded before every test.
 * @module
 */
import fc from "fast-check";

process.env["NODE_ENV"] = "test";
// A worker writes its coverage all the same; hundreds of children that write theirs would take a third of all time.
if (process.env["MOCHA_WORKER_ID"] !== undefined) delete process.env["NODE_V8_COVERAGE"];

/** One seed for every property that names none: a failure today is the same failure tomorrow. fast-check prints it. */
fc.configureGlobal({ seed: Number(process.env["SEED"] ?? 20261122) });
