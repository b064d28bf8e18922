/**
 * Entry of the database thread.
 * @module
 */
import { runProgram } from "../../program.mjs";

await runProgram("store-thread", "gateway/store/sqlite/thread.ts");
