/**
 * `daisee chain init`: the folders of a new chain's validators, or the folder of one node that joins a chain.
 * @module
 */
import { resolve } from "node:path";
import { isCancel, select, text } from "@clack/prompts";
import { defineCommand } from "citty";
import { ENGINES } from "#chain/description.ts";
import { nodeEngine } from "#chain/engines/engines.ts";
import { joinNetwork } from "#chain/join.ts";
import { createNetwork } from "#chain/network.ts";
import type { NodePlan } from "#chain/network.ts";
import { readDescription } from "#chain/node/folder.ts";
import type { NodeFolder } from "#chain/node/folder.ts";
import { adviceOn } from "#chain/votes.ts";
import { COMMON_ARGUMENTS, integerOption } from "../arguments.ts";
import { UsageError } from "../errors.ts";
import { newPassword, PASSWORD_ARGUMENT } from "./chain-password.ts";

const NETWORK_ENGINES = ENGINES.filter((engine) => engine !== "anvil");

/** Answers where there is a terminal; else says which option is missing. */
async function answered(option: string, given: string | undefined, ask: () => Promise<string | symbol>): Promise<string> {
  if (given !== undefined) return given;
  if (!process.stdin.isTTY) throw new UsageError(`--${option} is missing, and there is nobody to ask for it.`);
  const answer = await ask();
  if (isCancel(answer)) throw new UsageError("cancelled; nothing was written.");
  return String(answer);
}

/** `name=host` or `name=host:port`, an IPv6 host in brackets. Nodes on one host get ports one after another. */
function parseNodes(list: string, rpcPort: number, peerPort: number): NodePlan[] {
  const onHost = new Map<string, number>();
  return list.split(",").map((item) => {
    const [, name, six, four, port] = /^\s*([^=\s]+)=(?:\[([^\]]+)\]|([^:\]\s]+))(?::(\d+))?\s*$/.exec(item) ?? [];
    const host = six ?? four;
    if (name === undefined || host === undefined) throw new UsageError(`"${item.trim()}" is no node: name=address is expected, as in anna=192.168.1.10.`);
    const before = onHost.get(host) ?? 0;
    onHost.set(host, before + 1);
    return { name, host, listenHost: host, port: port === undefined ? peerPort + before : integerOption("validators", port, 1, 65_535), rpcPort: rpcPort + before };
  });
}

export const init = defineCommand({
  meta: {
    name: "init",
    description:
      "Make a new chain: a folder for each validator. Example: daisee chain init --folder village --engine clique --validators anna=192.168.1.10,bert=192.168.1.11,carla=192.168.1.12. " +
      "Or join one: daisee chain init --folder dora --join chain.json --validators dora=192.168.1.13",
  },
  args: {
    folder: { type: "string", description: "A new folder", valueHint: "folder", required: true },
    engine: { type: "string", description: `${NETWORK_ENGINES.join(", ")}: geth, Besu or Nethermind`, valueHint: "engine" },
    validators: { type: "string", description: "Each one's name and address in the neighbours' network", valueHint: "name=host,…" },
    join: { type: "string", description: "The description of a chain to join (see export)", valueHint: "chain.json" },
    chainId: { type: "string", description: "EIP-155 chain id", valueHint: "number", default: String(0x2323) },
    period: { type: "string", description: "Seconds between blocks", valueHint: "s", default: "5" },
    gasLimit: { type: "string", description: "Gas that a block may use", valueHint: "gas", default: "30000000" },
    timeServer: { type: "string", description: "A host that answers SNTP, such as the router: a node with a wrong clock does not start", valueHint: "host" },
    rpcPort: { type: "string", description: "Loopback port of a node's JSON-RPC", valueHint: "port", default: "8545" },
    peerPort: { type: "string", description: "Port at which nodes meet, where a validator names none", valueHint: "port", default: "30303" },
    ...PASSWORD_ARGUMENT,
    json: { type: "boolean", description: "Print what was made as JSON", default: false },
    ...COMMON_ARGUMENTS,
  },
  async run({ args }) {
    const ports = [integerOption("rpc-port", args.rpcPort, 1024, 65_500), integerOption("peer-port", args.peerPort, 1024, 65_500)] as const;
    const joined = args.join === undefined ? null : await readDescription(args.join);
    const engine = joined?.engine ?? (await answered("engine", args.engine, () => select({ message: "Which engine keeps the chain?", options: NETWORK_ENGINES.map((value) => ({ value, label: nodeEngine(value).title })) })));
    const known = ENGINES.find((candidate) => candidate === engine && candidate !== "anvil");
    if (known === undefined) throw new UsageError(`--engine takes ${NETWORK_ENGINES.join(", ")}, not "${engine}". The embedded chain needs no files: daisee chain start --embedded.`);
    const nodes = parseNodes(await answered("validators", args.validators, () => text({ message: "Who keeps it? name=address, with commas between" })), ...ports);
    const description = {
      engine: known,
      chainId: integerOption("chain-id", args.chainId, 1, Number.MAX_SAFE_INTEGER),
      periodSeconds: integerOption("period", args.period, 1, 3600),
      gasLimit: integerOption("gas-limit", args.gasLimit, 6_000_000, 1_000_000_000),
      ...(args.timeServer !== undefined && { timeServer: args.timeServer }),
    };
    const [plan, ...more] = nodes;
    if (joined !== null && (plan === undefined || more.length > 0)) throw new UsageError("--join makes one node: --validators takes its name and address alone.");
    const password = await newPassword(args.passwordFile);
    const folders =
      joined !== null && plan !== undefined
        ? [await joinNetwork({ path: args.folder, description: joined, plan, password })]
        : await createNetwork({ path: args.folder, description, validators: nodes, password });
    if (args.json) console.log(JSON.stringify(folders.map(({ path, node }) => ({ folder: path, ...node.peer })), null, 2));
    else tell(folders, joined !== null);
  },
});

function tell(folders: NodeFolder[], joins: boolean): void {
  for (const { path, node } of folders) console.log(`✔ ${node.peer.name}: ${node.peer.address}, folder ${path}`);
  const [first] = folders;
  if (first === undefined) return;
  const advice = joins ? null : adviceOn(folders.length);
  if (advice !== null) console.log(`! ${advice}.`);
  console.log(`\nHow to run a node: ${resolve(import.meta.dirname, "../../chain/engines", nodeEngine(first.description.engine).page)}`);
  if (joins) console.log(`Next: start it, and give ${first.path}/peer.json to the validators, who run: daisee chain add-validator peer.json --folder …`);
  else console.log("Next: move each folder to its validator's machine, by a way that nobody else can read, and run there: daisee chain start --folder …");
}
