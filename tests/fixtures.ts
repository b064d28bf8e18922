/**
 * Loaded before every test: a test that leaves a listening handle or a child behind must not hang the run unnoticed.
 * @module
 */
process.env["NODE_ENV"] = "test";
