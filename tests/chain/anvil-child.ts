/**
 * Runs the embedded chain from a process of its own, to be killed. Argument: the state's path. Sends the chain's process id and address.
 */
import { startAnvil } from "#chain/anvil.ts";

const [, , statePath = ""] = process.argv;
const { pid, rpcUrl } = await startAnvil({ port: 0, clock: { nowMs: () => Date.now() }, statePath, description: { periodSeconds: 1 } });
process.send?.({ pid, rpcUrl });
