/**
 * Nethermind with AuRa: maintained, reads the chain specifications of Parity, which the first DAISEE ran.
 * @module
 */
import { join } from "node:path";
import type { ChainDescription } from "../description.ts";
import { enodeOf, hexQuantity, jsonText, othersOf, type LocalNode, type NodeEngine } from "./engine.ts";
import { RPC_METHODS } from "./rpc-methods.ts";

const MAX_PEERS = 25;

/** Rules up to Berlin, from block 0 on. Not EIP-1559: without a base fee, gas is free. */
const RULES =
  "eip140 eip145 eip152 eip155 eip211 eip214 eip658 eip1014 eip1052 eip1108 eip1344 eip1884 eip2028 eip2200 eip2929 eip2930".split(" ");

/** One list, or one from each block on at which it changed. */
function validators({ authorities, authorityChanges }: ChainDescription): unknown {
  if (authorityChanges.length === 0) return { list: authorities };
  const changes = authorityChanges.map((change): [string, unknown] => [String(change.fromBlock), { list: change.authorities }]);
  return { multi: Object.fromEntries([["0", { list: authorities }], ...changes]) };
}

function chainspec(description: ChainDescription): unknown {
  const { chainId, periodSeconds, gasLimit, genesisSeconds, balances } = description;
  return {
    name: `daisee-${chainId}`,
    engine: {
      authorityRound: {
        params: {
          stepDuration: periodSeconds,
          blockReward: "0x0",
          maximumUncleCountTransition: 0,
          maximumUncleCount: 0,
          validators: validators(description),
        },
      },
    },
    params: {
      networkID: hexQuantity(chainId),
      chainID: hexQuantity(chainId),
      gasLimitBoundDivisor: "0x400",
      maximumExtraDataSize: "0x20",
      minGasLimit: "0x1388",
      maxCodeSize: "0x6000",
      maxCodeSizeTransition: "0x0",
      ...Object.fromEntries(RULES.map((rule) => [`${rule}Transition`, "0x0"])),
    },
    genesis: {
      seal: { authorityRound: { step: "0x0", signature: `0x${"00".repeat(65)}` } },
      timestamp: hexQuantity(genesisSeconds),
      difficulty: "0x20000",
      gasLimit: hexQuantity(gasLimit),
    },
    accounts: Object.fromEntries(Object.entries(balances).map(([account, wei]) => [account.toLowerCase(), { balance: wei }])),
  };
}

function config({ gasLimit }: ChainDescription, { peer, rpcPort, listenHost, seals }: LocalNode): unknown {
  return {
    Init: { DiscoveryEnabled: false, IsMining: seals, WebSocketsEnabled: false },
    Network: { LocalIp: listenHost, ExternalIp: peer.host, P2PPort: peer.port, DiscoveryPort: peer.port, MaxActivePeers: MAX_PEERS, OnlyStaticPeers: false },
    JsonRpc: { Enabled: true, Host: "127.0.0.1", Port: rpcPort, EnabledModules: ["Eth", "Net", "Web3"] },
    Aura: { ForceSealing: true, AllowAuRaPrivateChains: true },
    Mining: { Enabled: seals },
    Blocks: { MinGasPrice: "0", TargetBlockGasLimit: gasLimit },
    Sync: { FastSync: false, SnapSync: false },
    Pruning: { Mode: "None" },
    Merge: { Enabled: false },
    // Its key in the peers' network is the account's too: else it would write one in plain text.
    ...(seals && { KeyStore: { UnlockAccounts: [peer.address], BlockAuthorAccount: peer.address, EnodeAccount: peer.address } }),
  };
}

export const nethermind: NodeEngine = {
  title: "Nethermind (AuRa)",
  program: "nethermind",
  page: "nethermind.md",
  memoryMax: "2G",
  needsPlainKey: false,
  sharesKey: true,
  files(description, node) {
    return {
      files: {
        "chainspec.json": jsonText(chainspec(description)),
        "config.json": jsonText(config(description, node)),
        "static-nodes.json": jsonText(othersOf(description, node).map(enodeOf)),
        // One regular expression for a method's name per line.
        "jsonrpc.filter": `${RPC_METHODS.map((method) => `^${method}$`).join("\n")}\n`,
      },
      genesisPath: "chainspec.json",
    };
  },
  arguments(_description, { seals }, { folder, passwordPath }) {
    const paths = {
      "Init.ChainSpecPath": join(folder, "chainspec.json"),
      "Init.BaseDbPath": join(folder, "data"),
      "Init.StaticNodesPath": join(folder, "static-nodes.json"),
      "JsonRpc.CallsFilterFilePath": join(folder, "jsonrpc.filter"),
      ...(seals && { "KeyStore.KeyStoreDirectory": join(folder, "keystore"), "KeyStore.PasswordFiles": passwordPath }),
    };
    return ["--config", join(folder, "config.json"), ...Object.entries(paths).flatMap(([option, value]) => [`--${option}`, value])];
  },
};
