/**
 * What an engine is to us: files made from the description, a program, and how it is called.
 * @module
 */
import type { ChainDescription, Peer } from "../description.ts";
import type { Rpc } from "../rpc.ts";

/** One node as its own machine knows it. */
export interface LocalNode {
  peer: Peer;
  /** Where this node's JSON-RPC is, on the loopback interface. */
  rpcPort: number;
  /** Whether it has an account with which it seals, or will once it is voted in. Else it only follows. */
  seals: boolean;
  /** Address at which it listens for its peers: its own in the neighbours' network, or every one of the machine's. */
  listenHost: string;
}

/** Paths that differ from start to start. */
export interface RunPaths {
  /** The node's folder, absolute. */
  folder: string;
  /** File with the keystore's password; mode 0600. */
  passwordPath: string;
  /** File with the account's key in hex; mode 0600, there only while the engine starts. Only where `needsPlainKey`. */
  keyPath: string;
}

export interface EngineFiles {
  /** Texts by path below the node's folder. Equal description and node give equal files. */
  files: Record<string, string>;
  /** Which of them every node of the chain must have byte for byte. */
  genesisPath: string;
}

export interface NodeEngine {
  /** As people know it. */
  title: string;
  /** Program's name on the PATH; in capitals, the environment variable that may name another one. */
  program: string;
  /** The page that says how to run it, beside this file. */
  page: string;
  /** Memory that its service may take. */
  memoryMax: string;
  /** Whether it takes the account's key only as a plain file. */
  needsPlainKey: boolean;
  /** Whether a node's key in the peers' network is the account's own. */
  sharesKey: boolean;
  files(description: ChainDescription, node: LocalNode): EngineFiles;
  /** How block 0 comes into a data folder, where the engine does not see to it by itself. */
  init?: {
    /** Below the node's folder; there once it is done. */
    madePath: string;
    arguments(paths: RunPaths): string[];
  };
  arguments(description: ChainDescription, node: LocalNode, paths: RunPaths): string[];
  /** What a running engine must be told by calls; ends early when the signal aborts. */
  begin?(description: ChainDescription, node: LocalNode, rpc: Rpc, signal: AbortSignal, password: string): Promise<void>;
}

/** Parts of a node's address that other nodes dial (devp2p's URL scheme). */
export function enodeOf({ nodeId, host, port }: Peer): string {
  return `enode://${nodeId}@${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** The other nodes. */
export function othersOf(description: ChainDescription, node: LocalNode): Peer[] {
  return description.peers.filter(({ name }) => name !== node.peer.name);
}

/** A host and port as one listening address. */
export function listenAddress({ listenHost, peer }: LocalNode): string {
  return `${listenHost.includes(":") ? `[${listenHost}]` : listenHost}:${peer.port}`;
}

/** JSON as people read it, with a line's end. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** 0x hex without leading zeros. */
export function hexQuantity(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
