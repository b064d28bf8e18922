/**
 * Runs a node from a process of its own, to be killed. Arguments: its folder and its password's file. Sends the engine's process id.
 */
import { readNodeFolder } from "#chain/node/folder.ts";
import { startNode } from "#chain/node/start.ts";

const [, , path = "", passwordPath = ""] = process.argv;
const { pid } = await startNode({ folder: await readNodeFolder(path), passwordPath });
process.send?.(pid);
