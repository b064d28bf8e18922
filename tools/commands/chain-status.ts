/**
 * `daisee chain status`: how the chain stands, as one of its nodes sees it.
 * @module
 */
import { defineCommand } from "citty";
import { describeChain } from "#chain/description.ts";
import { readNodeFolder } from "#chain/node/folder.ts";
import { operatorRpc } from "#chain/node/start.ts";
import { createRpc } from "#chain/rpc.ts";
import { readStatus } from "#chain/status.ts";
import type { NodeStatus } from "#chain/status.ts";
import { COMMON_ARGUMENTS } from "../arguments.ts";
import { UsageError, VerificationError } from "../errors.ts";

/** Names that the description gives to accounts. */
type Names = (address: string) => string;

function lines(status: NodeStatus, name: Names, own: string | null): string[] {
  const { head, headAgeMs, authorities, recent, finalNumber, finalityDepth, peers } = status;
  const age = head.number === 0 ? "no block after it yet" : `${(headAgeMs / 1000).toFixed(1)} s old`;
  const sealed = (authority: string): number => recent.filter(({ sealer }) => sealer === authority).length;
  return [
    `chain ${status.chainId} (${status.engine}), block 0 ${status.genesisHash}`,
    `head ${head.number} (${head.hash}), ${age}: ${status.stalled ? "STALLED" : "blocks are made"}`,
    `final up to ${finalNumber ?? "no block yet"}: a block is final ${finalityDepth === 1 ? "at once" : `when it is ${finalityDepth} deep`}`,
    `peers ${peers}`,
    ...authorities.map((authority) => `authority ${name(authority)} ${authority}: ${sealed(authority)} of the last ${recent.length} blocks${authority === own ? " (this node)" : ""}`),
    ...(recent.length > 0 && authorities.length > 0 ? [`sealed, newest first: ${recent.map(({ sealer }) => name(sealer)).join(", ")}`] : []),
  ];
}

export const status = defineCommand({
  meta: { name: "status", description: "Head, its age, authorities, who sealed the last blocks, peers. Exit code 3: the chain is stalled. Example: daisee chain status --folder village/anna" },
  args: {
    folder: { type: "string", description: "The folder of a node that runs on this machine", valueHint: "folder" },
    rpc: { type: "string", description: "Instead of a folder: the embedded chain's address", valueHint: "url" },
    json: { type: "boolean", description: "Print it as JSON", default: false },
    ...COMMON_ARGUMENTS,
  },
  async run({ args }) {
    if ((args.folder === undefined) === (args.rpc === undefined)) throw new UsageError("name a node's folder with --folder, or the embedded chain's address with --rpc.");
    const folder = args.folder === undefined ? null : await readNodeFolder(args.folder);
    const description = folder?.description ?? describeChain();
    const found = await readStatus(description, folder === null ? createRpc(args.rpc ?? "") : operatorRpc(folder), Date.now()).catch((cause: unknown) => {
      throw new Error("the node does not answer; start it with daisee chain start, or see its log", { cause });
    });
    const name: Names = (address) => description.peers.find((peer) => peer.address === address)?.name ?? address;
    if (args.json) console.log(JSON.stringify(found, null, 2));
    else for (const line of lines(found, name, folder?.node.peer.address ?? null)) console.log(line);
    if (found.stalled) {
      throw new VerificationError(
        `the chain is stalled: no block after block ${found.head.number}. More than half of its ${found.authorities.length} authorities must run and reach each other; gateways keep what is to be settled until then`,
      );
    }
  },
});
