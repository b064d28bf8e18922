/**
 * Besu with QBFT: maintained, final at once, for machines with 4 GB and a JDK.
 * @module
 */
import { join } from "node:path";
import { stringify } from "smol-toml";
import type { ChainDescription } from "../description.ts";
import { qbftExtraData } from "./extra-data.ts";
import { enodeOf, hexQuantity, jsonText, othersOf, type LocalNode, type NodeEngine } from "./engine.ts";

const EPOCH_BLOCKS = 30_000;
const MAX_PEERS = 25;
/** By which Besu knows a chain of the BFT family: the last 32 letters of "Istanbul practical byzantine fault tolerance". */
const BFT_MIX_HASH = "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365";

function genesis({ chainId, periodSeconds, gasLimit, genesisSeconds, authorities, balances }: ChainDescription): unknown {
  return {
    config: {
      chainId,
      berlinBlock: 0,
      londonBlock: 0,
      // Gas is free, in London's terms too.
      zeroBaseFee: true,
      // A round that brought no block is given up after two periods (Besu's advice).
      qbft: { blockperiodseconds: periodSeconds, epochlength: EPOCH_BLOCKS, requesttimeoutseconds: 2 * periodSeconds },
    },
    nonce: "0x0",
    timestamp: hexQuantity(genesisSeconds),
    extraData: qbftExtraData(authorities),
    gasLimit: hexQuantity(gasLimit),
    difficulty: "0x1",
    mixHash: BFT_MIX_HASH,
    coinbase: `0x${"00".repeat(20)}`,
    alloc: Object.fromEntries(Object.entries(balances).map(([account, wei]) => [account.slice(2).toLowerCase(), { balance: hexQuantity(BigInt(wei)) }])),
  };
}

function config({ peer, rpcPort, listenHost }: LocalNode): string {
  return stringify({
    "sync-mode": "FULL",
    "min-gas-price": 0,
    "p2p-host": peer.host,
    "p2p-interface": listenHost,
    "p2p-port": peer.port,
    "max-peers": MAX_PEERS,
    "discovery-enabled": false,
    "nat-method": "NONE",
    "rpc-http-enabled": true,
    "rpc-http-host": "127.0.0.1",
    "rpc-http-port": rpcPort,
    "rpc-http-api": ["ETH", "NET", "WEB3", "QBFT"],
    // Names under which a browser's request may come: none but this machine's, and from no web page.
    "host-allowlist": ["localhost", "127.0.0.1"],
    "rpc-http-cors-origins": ["none"],
  });
}

export const besu: NodeEngine = {
  title: "Besu (QBFT)",
  program: "besu",
  page: "besu.md",
  memoryMax: "3G",
  needsPlainKey: true,
  sharesKey: true,
  files(description, node) {
    return {
      files: {
        "genesis.json": jsonText(genesis(description)),
        "config.toml": config(node),
        "static-nodes.json": jsonText(othersOf(description, node).map(enodeOf)),
      },
      genesisPath: "genesis.json",
    };
  },
  arguments(_description, _node, { folder, keyPath }) {
    const paths = { "config-file": "config.toml", "data-path": "data", "genesis-file": "genesis.json", "static-nodes-file": "static-nodes.json" };
    return [...Object.entries(paths).map(([option, path]) => `--${option}=${join(folder, path)}`), `--node-private-key-file=${keyPath}`];
  },
};
