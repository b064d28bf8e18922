/**
 * Loaded before every test.
 * @module
 */
import fc from "fast-check";

process.env["NODE_ENV"] = "test";

/** One seed for every property that names none: a failure today is the same failure tomorrow. fast-check prints it. */
fc.configureGlobal({ seed: Number(process.env["SEED"] ?? 20261122) });
