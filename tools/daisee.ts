/**
 * The `daisee` command as a process.
 * @module
 */
import { runDaisee } from "./command-line.ts";

process.exitCode = await runDaisee(process.argv.slice(2));
