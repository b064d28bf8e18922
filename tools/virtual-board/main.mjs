/**
 * The board's process; it is forked, and lives in `main.ts`.
 * @module
 */
import { runProgram } from "../../gateway/program.mjs";

await runProgram("virtual-board", "tools/virtual-board/main.ts");
