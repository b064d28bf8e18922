/**
 * `daisee chain add-validator` and `remove-validator`: this node's vote, followed until the change is in force.
 * @module
 */
import { getAddress } from "ethers";
import { defineCommand } from "citty";
import { createConsensus } from "#chain/consensus.ts";
import { meetPeer } from "#chain/join.ts";
import { readNodeFolder, readPeer, writeNodeFiles } from "#chain/node/folder.ts";
import type { NodeFolder } from "#chain/node/folder.ts";
import { operatorRpc } from "#chain/node/start.ts";
import { planChange } from "#chain/authority-change.ts";
import { adviceOn, changeAuthority } from "#chain/votes.ts";
import type { VoteProgress } from "#chain/votes.ts";
import { COMMON_ARGUMENTS, integerOption } from "../arguments.ts";
import { UsageError } from "../errors.ts";
import { untilStopped } from "../signals.ts";

const ARGUMENTS = {
  folder: { type: "string", description: "The folder of this machine's node, which runs", valueHint: "folder", required: true },
  fromBlock: { type: "string", description: "AuRa only: the block from which it is in force, the same on every node", valueHint: "number" },
  json: { type: "boolean", description: "Print each step as a line of JSON", default: false },
  ...COMMON_ARGUMENTS,
} as const;

interface ChangeRequest {
  folder: NodeFolder;
  account: string;
  name: string;
  add: boolean;
  fromBlock: string | undefined;
  json: boolean;
}

async function change(request: ChangeRequest): Promise<void> {
  const { folder, account, name, add, json } = request;
  const rpc = operatorRpc(folder);
  const consensus = createConsensus(folder.description, rpc);
  if (folder.description.engine === "aura") {
    await changeDescription(request, Number(await rpc("eth_blockNumber")));
    return;
  }
  if (request.fromBlock !== undefined) throw new UsageError("--from-block is for AuRa alone; this engine changes its authorities by votes.");
  const stopping = new AbortController();
  void untilStopped().then(() => stopping.abort());
  const onProgress = (progress: VoteProgress): void => console.log(json ? JSON.stringify(progress) : progressLine(progress, name, add));
  const done = await changeAuthority({ consensus, account, add, onProgress, signal: stopping.signal });
  const authorities = (await consensus.authorities()).length;
  if (json) return;
  if (!done) {
    console.log("Stopped waiting; this node's vote stays. Run the same again to see how it stands.");
    return;
  }
  console.log(`✔ ${name} ${add ? "is" : "is no longer"} an authority; there are ${authorities}. The gateways take from there how deep is final.`);
  const advice = adviceOn(authorities);
  if (advice !== null) console.log(`! ${advice}.`);
}

function progressLine({ voters, needed, inForce }: VoteProgress, name: string, add: boolean): string {
  if (inForce) return `in force: the authorities voted ${name} ${add ? "in" : "out"}`;
  const votes = voters === null ? `this node votes; ${needed} must` : `${voters.length} of ${needed} votes are in blocks`;
  return `${votes}. Each of the others' operators runs the same command on their own node.`;
}

async function changeDescription({ folder, account, name, add, fromBlock }: ChangeRequest, head: number): Promise<void> {
  if (fromBlock === undefined) throw new UsageError(`AuRa changes its authorities at a block that all nodes agree on: choose one well ahead of ${head} with --from-block, the same on every node.`);
  const description = planChange(folder.description, { account, add, fromBlock: integerOption("from-block", fromBlock, 1, Number.MAX_SAFE_INTEGER), head });
  await writeNodeFiles({ ...folder, description });
  console.log(`✔ from block ${fromBlock} on, ${name} ${add ? "is" : "is no longer"} an authority for this node.`);
  console.log("Run the same on EVERY node, and restart each, before that block: a node that does not know of it refuses the others' blocks from there on.");
}

export const addValidator = defineCommand({
  meta: { name: "add-validator", description: "Vote for a validator, and wait until it is in force. Example: daisee chain add-validator peer.json --folder village/anna" },
  args: { validator: { type: "positional", description: "The new node's peer.json, or its account's address", required: true }, ...ARGUMENTS },
  async run({ args }) {
    let folder = await readNodeFolder(args.folder);
    const isAddress = /^0x[0-9a-fA-F]{40}$/.test(args.validator);
    let account: string;
    let name = args.validator;
    if (isAddress) account = getAddress(args.validator);
    else {
      const peer = await readPeer(args.validator);
      [account, name] = [peer.address, peer.name];
      const met = await meetPeer(folder, peer, operatorRpc(folder));
      if (!args.json) console.log(`✔ ${name} is among this node's peers${met ? "" : ", from its next start on"}.`);
      folder = await readNodeFolder(args.folder);
    }
    await change({ folder, account, name, add: true, fromBlock: args.fromBlock, json: args.json });
  },
});

export const removeValidator = defineCommand({
  meta: { name: "remove-validator", description: "Vote a validator out, and wait until it is in force. Example: daisee chain remove-validator bert --folder village/anna" },
  args: { validator: { type: "positional", description: "Its name, or its account's address", required: true }, ...ARGUMENTS },
  async run({ args }) {
    const folder = await readNodeFolder(args.folder);
    const named = folder.description.peers.find(({ name }) => name === args.validator);
    const account = named?.address ?? (/^0x[0-9a-fA-F]{40}$/.test(args.validator) ? getAddress(args.validator) : undefined);
    if (account === undefined) throw new UsageError(`this node knows no "${args.validator}": name one of ${folder.description.peers.map(({ name }) => name).join(", ")}, or an address.`);
    await change({ folder, account, name: args.validator, add: false, fromBlock: args.fromBlock, json: args.json });
  },
});
