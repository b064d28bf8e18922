/**
 * How a chain stands, as one of its nodes sees it.
 * @module
 */
import { z } from "zod";
import { createConsensus, type SealedBlock } from "./consensus.ts";
import type { ChainDescription } from "./description.ts";
import { finalityDepth, isFinal, stalledAfterMs } from "./finality.ts";
import type { Rpc } from "./rpc.ts";

/** Blocks of which the sealers are told. */
const SHOWN_BLOCKS = 8;

export interface NodeStatus {
  engine: ChainDescription["engine"];
  chainId: number;
  genesisHash: string;
  head: SealedBlock;
  headAgeMs: number;
  /** No block for longer than authorities that take turns may need. */
  stalled: boolean;
  authorities: string[];
  /** Newest first. */
  recent: SealedBlock[];
  /** Blocks until one is final, its own included; what the gateways' `finalityDepth` should be. */
  finalityDepth: number;
  /** Newest final block; null when none of the chain's newest blocks is. */
  finalNumber: number | null;
  peers: number;
}

/**
 * Asks a node.
 * @param nowMs UTC
 * @throws Error when it does not answer
 */
export async function readStatus(description: ChainDescription, rpc: Rpc, nowMs: number): Promise<NodeStatus> {
  const consensus = createConsensus(description, rpc);
  const genesis = await consensus.block(0);
  const head = await consensus.block("latest");
  if (genesis === null || head === null) throw new Error("the chain has no block 0");
  const authorities = await consensus.authorities();
  const depth = finalityDepth(description.engine, authorities.length);
  // Twice the depth: where an authority is away, AuRa needs more blocks until enough of them took part.
  const recent = await newest((at) => consensus.block(at), head, Math.max(SHOWN_BLOCKS, 2 * depth));
  const sealers = recent.map(({ sealer }) => sealer);
  const finalAt = recent.findIndex((_, depthAbove) => isFinal(description.engine, authorities.length, sealers.slice(0, depthAbove + 1).toReversed()));
  const headAgeMs = nowMs - head.timestamp * 1000;
  return {
    engine: description.engine,
    chainId: Number(await rpc("eth_chainId")),
    genesisHash: genesis.hash,
    head,
    headAgeMs,
    stalled: headAgeMs > stalledAfterMs(description.periodSeconds, authorities.length),
    authorities,
    recent: recent.slice(0, SHOWN_BLOCKS),
    finalityDepth: depth,
    finalNumber: recent[finalAt]?.number ?? null,
    // anvil has none, and no such method.
    peers: description.engine === "anvil" ? 0 : Number(z.string().parse(await rpc("net_peerCount"))),
  };
}

/** The newest blocks but block 0, newest first. Fewer when the chain is short, or reorganised meanwhile. */
async function newest(block: (at: number) => Promise<SealedBlock | null>, head: SealedBlock, count: number): Promise<SealedBlock[]> {
  const blocks = head.number > 0 ? [head] : [];
  for (let number = head.number - 1; number > 0 && blocks.length < count; number--) {
    const before = await block(number);
    if (before === null) break;
    blocks.push(before);
  }
  return blocks;
}
