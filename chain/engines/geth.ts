/**
 * geth 1.13 with Clique (EIP-225): the last line of geth that seals, light enough for a small Raspberry Pi.
 * @module
 */
import { join } from "node:path";
import { stringify } from "smol-toml";
import type { ChainDescription } from "../description.ts";
import { cliqueExtraData } from "./extra-data.ts";
import { beginSealing } from "./geth-sealing.ts";
import { enodeOf, hexQuantity, jsonText, listenAddress, othersOf, type LocalNode, type NodeEngine } from "./engine.ts";

/** Blocks between two that carry the whole list of authorities; also when open votes lapse (EIP-225's value). */
const EPOCH_BLOCKS = 30_000;

/** geth's data folder below the node's. */
export const GETH_DATA = "data";
/** Where geth answers; the only place: its HTTP server would also sign for whoever asks. */
export const GETH_SOCKET = "geth.ipc";

/** Block 0 and the rules. Not London: from it on, blocks have a base fee, which nobody here could pay. */
function genesis({ chainId, periodSeconds, gasLimit, genesisSeconds, authorities, balances }: ChainDescription): unknown {
  const forks = ["homestead", "eip150", "eip155", "eip158", "byzantium", "constantinople", "petersburg", "istanbul", "berlin"];
  return {
    config: {
      chainId,
      ...Object.fromEntries(forks.map((fork) => [`${fork}Block`, 0])),
      clique: { period: periodSeconds, epoch: EPOCH_BLOCKS },
    },
    timestamp: hexQuantity(genesisSeconds),
    extraData: cliqueExtraData(authorities),
    gasLimit: hexQuantity(gasLimit),
    difficulty: "0x1",
    alloc: Object.fromEntries(Object.entries(balances).map(([account, wei]) => [account.slice(2).toLowerCase(), { balance: hexQuantity(BigInt(wei)) }])),
  };
}

/** What geth takes from no flag. A table that is begun here loses all its defaults, so there is no other one. */
function config(description: ChainDescription, node: LocalNode): string {
  const others = othersOf(description, node).map(enodeOf);
  return stringify({
    Node: {
      P2P: {
        ListenAddr: listenAddress(node),
        NoDiscovery: true,
        StaticNodes: others,
        // Known nodes get in however many there are.
        TrustedNodes: others,
        // geth puts off catching up until it has this many peers (at most 5), or for 10 s: not more than there can be.
        MaxPeers: Math.max(2, others.length),
        // Dial all of them, not every third.
        DialRatio: 1,
      },
    },
  });
}

function flags({ chainId, gasLimit }: ChainDescription): string[] {
  const options = {
    // Without a network id geth takes itself to be on Ethereum's main network, and 4 GB of cache.
    networkid: chainId,
    syncmode: "full",
    // Every block's state goes to the disk. Else geth keeps it in memory and, after a power cut, begins again where it last wrote: hours
    // back or at block 0, on every validator at once. Blocks without transactions change no state, so it costs next to nothing.
    gcmode: "archive",
    "state.scheme": "hash",
    // A snapshot would be behind after a power cut, and send the chain back to where it is.
    snapshot: false,
    // Find every transaction by its hash: the default forgets after 2,350,000 blocks, 136 days.
    "history.transactions": 0,
    // MB; the default is for a server.
    cache: 64,
    nat: "none",
    "miner.gaslimit": gasLimit,
    // It always serves its consensus clients' interface, behind a secret; nobody uses it here, so any free port does.
    "authrpc.port": 0,
    // Tells when a peer is refused because it has another block 0.
    "log.vmodule": "eth/handler.go=4",
    "log.format": "logfmt",
  };
  return Object.entries(options).map(([name, value]) => `--${name}=${value}`);
}

export const geth: NodeEngine = {
  title: "geth (Clique)",
  program: "geth",
  page: "geth.md",
  memoryMax: "512M",
  needsPlainKey: false,
  sharesKey: false,
  files(description, node) {
    return { files: { "genesis.json": jsonText(genesis(description)), "config.toml": config(description, node) }, genesisPath: "genesis.json" };
  },
  init: {
    madePath: `${GETH_DATA}/geth/chaindata`,
    arguments: ({ folder }) => ["init", "--datadir", join(folder, GETH_DATA), "--state.scheme", "hash", join(folder, "genesis.json")],
  },
  arguments(description, { peer, seals }, { folder }) {
    const paths = ["--config", join(folder, "config.toml"), "--datadir", join(folder, GETH_DATA), "--ipcpath", join(folder, GETH_SOCKET)];
    // Neither --mine nor --unlock: see beginSealing, which opens the key over the socket.
    const key = ["--keystore", join(folder, "keystore"), "--miner.etherbase", peer.address, "--rpc.enabledeprecatedpersonal"];
    return [...paths, ...flags(description), ...(seals ? key : [])];
  },
  begin: beginSealing,
};
