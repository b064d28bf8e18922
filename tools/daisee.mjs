#!/usr/bin/env node
// The command itself is daisee.ts.
import { runProgram } from "../gateway/program.mjs";

await runProgram("daisee", "tools/daisee.ts");
