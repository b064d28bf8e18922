/**
 * When a block is final for this home: by the rule of the chain's engine for the authorities that there are now, so that a vote changes it
 * without anybody's setting. The rules themselves are in `chain/finality.ts`.
 * @module
 */
import { createConsensus, type Consensus } from "#chain/consensus.ts";
import type { Engine } from "#chain/description.ts";
import { engineOf } from "#chain/engine-of.ts";
import { finalityDepth, isFinal } from "#chain/finality.ts";
import type { Rpc } from "#chain/rpc.ts";

export interface FinalityOptions {
  rpc: Rpc;
  /** Least depth, its own block included: what holds for an engine that does not say who its authorities are, or is not known. */
  leastDepth: number;
}

/** AuRa's blocks that are looked through for enough different authors, by the number of authorities. */
const AURA_ROUNDS = 4;

export type Finality = ReturnType<typeof createFinality>;

export function createFinality({ rpc, leastDepth }: FinalityOptions) {
  let engine: Engine | null = null;
  let consensus: Consensus | null = null;
  /** As last told; 0 before. */
  let authorities = 0;
  /** Who they are, and who sealed the newest block, where the node tells. */
  let accounts: string[] = [];
  let headSealer: string | null = null;
  let askedAt = -1;

  const depth = (): number => (engine === null ? leastDepth : Math.max(leastDepth, finalityDepth(engine, authorities)));

  async function ask(): Promise<void> {
    engine ??= await engineOf(rpc);
    if (engine === null) return;
    consensus ??= createConsensus({ engine, authorities: [], authorityChanges: [] }, rpc);
    // Nethermind does not tell: there the least depth is their number, as AuRa's rule has it.
    if (engine !== "aura") accounts = await consensus.authorities();
    authorities = engine === "aura" ? leastDepth : accounts.length;
  }

  async function askSealer(headNumber: number): Promise<void> {
    // The embedded chain has no authorities, and its blocks nobody's name.
    if (consensus === null || engine === "anvil") return;
    headSealer = (await consensus.block(headNumber))?.sealer ?? null;
  }

  /** Who sealed the newest blocks from one on, oldest first. */
  async function sealers(of: Consensus, from: number, to: number): Promise<string[]> {
    const found: string[] = [];
    for (let number = Math.max(from, to - AURA_ROUNDS * authorities + 1); number <= to; number++) {
      const block = await of.block(number);
      if (block !== null) found.push(block.sealer);
    }
    return found;
  }

  return {
    /** Asks, once for each newest block, who the authorities are. A node that does not say leaves what was known. */
    async follow(headNumber: number): Promise<void> {
      if (headNumber === askedAt) return;
      await ask().catch(() => undefined);
      headSealer = null;
      await askSealer(headNumber).catch(() => undefined);
      askedAt = headNumber;
    },

    /** Blocks that make a transaction final, its own included; AuRa wants enough authors besides. */
    depth,

    /** Who may seal, empty where the node does not tell, and who sealed the newest block; as last told. */
    sealing: (): { validators: string[]; headSealer: string | null } => ({ validators: accounts, headSealer }),

    /** Authorities as last told; 0 where there are none, or it is not known. */
    authorities: (): number => authorities,

    /**
     * Whether a block is final under a newest one.
     * @throws when the chain does not answer
     */
    async isFinal(number: number, headNumber: number): Promise<boolean> {
      if (headNumber - number + 1 < depth()) return false;
      if (engine !== "aura" || consensus === null) return true;
      return isFinal(engine, authorities, await sealers(consensus, number, headNumber));
    },
  };
}
