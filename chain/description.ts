/**
 * What a community's chain is like: the few figures that every node of it must share.
 * @module
 */
import { z } from "zod";

export const chainDescriptionSchema = z.strictObject({
  /** EIP-155 chain id, part of every signature. The default is the first DAISEE's. */
  chainId: z.int().min(1).default(0x2323),
  /** Time between blocks, s. */
  periodSeconds: z.number().min(0.1).max(3600).default(5),
  /** Gas that a block may use. */
  gasLimit: z.int().min(6_000_000).max(1_000_000_000).default(30_000_000),
  /** Blocks, its own included, until a transaction counts as final. */
  finalityDepth: z.int().min(1).max(1000).default(1),
});

export type ChainDescription = z.infer<typeof chainDescriptionSchema>;

/**
 * Checks a description and fills in what it leaves out.
 * @throws Error naming each wrong field
 */
export function describeChain(description: unknown = {}): ChainDescription {
  const checked = chainDescriptionSchema.safeParse(description);
  if (!checked.success) throw new Error(`the chain's description is wrong:\n${z.prettifyError(checked.error)}`);
  return checked.data;
}
