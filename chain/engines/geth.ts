/**
 * geth 1.13 with Clique (EIP-225): the last line of geth that seals, light enough for a small Raspberry Pi.
 * @module
 */
import { join } from "node:path";
import { stringify } from "smol-toml";
import type { ChainDescription } from "../description.ts";
import { cliqueExtraData } from "./extra-data.ts";
import { enodeOf, hexQuantity, jsonText, listenAddress, othersOf, type LocalNode, type NodeEngine } from "./engine.ts";

/** Blocks between two that carry the whole list of authorities; also when open votes lapse (EIP-225's value). */
const EPOCH_BLOCKS = 30_000;
/** Nodes that may connect. */
const MAX_PEERS = 25;

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

function config(description: ChainDescription, node: LocalNode): string {
  return stringify({
    Eth: {
      NetworkId: description.chainId,
      SyncMode: "full",
      // Every block's state goes to the disk. Else geth keeps it in memory and, after a power cut, begins again where it last wrote: hours
      // back or at block 0, on every validator at once. Blocks without transactions change no state, so it costs next to nothing.
      NoPruning: true,
      // Snapshots would be behind after a power cut, and send the chain back to where they are.
      SnapshotCache: 0,
      // Find every transaction by its hash: the default forgets after 2,350,000 blocks, 136 days.
      TransactionHistory: 0,
      // geth's own defaults are for a server.
      DatabaseCache: 32,
      TrieCleanCache: 16,
      TrieDirtyCache: 16,
      // Gas is free.
      Miner: { Etherbase: node.peer.address, GasCeil: description.gasLimit, GasPrice: 0 },
      TxPool: { PriceLimit: 0 },
      GPO: { IgnorePrice: 0 },
    },
    Node: {
      DataDir: GETH_DATA,
      // Relative ones would be inside the data folder.
      IPCPath: "",
      HTTPHost: "",
      WSHost: "",
      // geth always serves its consensus clients' interface, behind a secret; nobody uses it here.
      AuthAddr: "127.0.0.1",
      AuthPort: 0,
      P2P: {
        ListenAddr: listenAddress(node),
        NoDiscovery: true,
        MaxPeers: MAX_PEERS,
        BootstrapNodes: [],
        BootstrapNodesV5: [],
        StaticNodes: othersOf(description, node).map(enodeOf),
      },
    },
  });
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
  arguments({ peer, seals }, { folder, passwordPath }) {
    // Also before the others voted it in: it seals from that block on, without a restart.
    const sealing = seals ? ["--mine", "--keystore", join(folder, "keystore"), "--unlock", peer.address, "--password", passwordPath] : [];
    // Tells when a peer is refused because it has another block 0.
    const log = ["--log.vmodule", "eth/handler=4", "--log.format", "logfmt"];
    const paths = ["--config", join(folder, "config.toml"), "--datadir", join(folder, GETH_DATA), "--ipcpath", join(folder, GETH_SOCKET)];
    return [...paths, "--nat", "none", ...log, ...sealing];
  },
};
