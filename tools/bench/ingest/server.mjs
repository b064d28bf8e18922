/**
 * The ingest bench's server process, started as a gateway is; it lives in `server.ts`.
 * @module
 */
import { runProgram } from "../../../gateway/program.mjs";

await runProgram("ingest-bench-server", "tools/bench/ingest/server.ts");
