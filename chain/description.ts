/**
 * What a community's chain is like: the one description from which every engine's files are made, equal on every node.
 * @module
 */
import { computeAddress, getAddress } from "ethers";
import { z } from "zod";

/** Who keeps the chain: one process for one home, or an engine that others wrote and that a community runs together. */
export const ENGINES = ["anvil", "clique", "qbft", "aura"] as const;

export type Engine = (typeof ENGINES)[number];

const ADDRESS = "expected an address as 0x and 40 hex digits";
const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, ADDRESS)
  .transform((text, context) => {
    try {
      return getAddress(text);
    } catch {
      context.addIssue({ code: "custom", message: "the address's checksum is wrong: a digit or letter is mistyped" });
      return z.NEVER;
    }
  });
const authorities = z.array(address);
/** Also a folder's name. */
const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "expected up to 32 lower-case letters, digits and dashes");

export const peerSchema = z.strictObject({
  name,
  /** The account that seals. */
  address,
  /** Public key by which nodes know each other (devp2p), 64 bytes in hex. Besu and Nethermind use the account's own. */
  nodeId: z.string().regex(/^[0-9a-f]{128}$/, "expected a node's public key as 128 lower-case hex digits"),
  /** IP address in the neighbours' network: the engines take no host names. */
  host: z.union([z.ipv4(), z.ipv6()]),
  port: z.int().min(1).max(65535),
});

/** Where a node is in the neighbours' network. */
export type Peer = z.infer<typeof peerSchema>;

const baseSchema = z.strictObject({
  engine: z.enum(ENGINES).default("anvil"),
  /** EIP-155 chain id, part of every signature. The default is the first DAISEE's. */
  chainId: z
    .int()
    .min(1)
    // Above it, the recovery value of a signature is no safe integer for JavaScript wallets.
    .max(4_503_599_627_370_476)
    .default(0x2323),
  /** Time between blocks, s. */
  periodSeconds: z.number().min(0.1).max(3600).default(5),
  /** Gas that a block may use. */
  gasLimit: z.int().min(6_000_000).max(1_000_000_000).default(30_000_000),
  /** Time of block 0, s since 1970; in the past. */
  genesisSeconds: z.int().min(0).max(0xffffffff).default(0),
  /** The first authorities' accounts. Later ones come by vote. */
  authorities: authorities.default([]),
  /** AuRa only: authorities from a block on, which every node must know before that block. */
  authorityChanges: z.array(z.strictObject({ fromBlock: z.int().min(1), authorities: authorities.min(1) })).default([]),
  /** First balances in wei, by account. Gas is free: a chain needs none. */
  balances: z.record(address, z.string().regex(/^\d{1,77}$/, "expected whole wei as a decimal string")).default({}),
  /** All nodes, authorities or not. */
  peers: z.array(peerSchema).default([]),
  /** Host that answers SNTP, such as the home's router; what a node's clock is compared with at its start. `host:port` where it is not 123. */
  timeServer: z.string().regex(/^([^\s:]{1,253}|[0-9a-fA-F:]{2,45}|\[[0-9a-fA-F:]{2,45}\])(:\d{1,5})?$/, "expected a host, or host:port").optional(),
});

export const chainDescriptionSchema = baseSchema.superRefine((description, context) => {
  const refuse = (path: string, message: string): void => context.addIssue({ code: "custom", path: [path], message });
  const { engine, peers, authorityChanges } = description;
  if (engine !== "anvil") {
    if (description.authorities.length === 0) refuse("authorities", "there is none, so nobody could make a block: name at least one");
    // Engines' headers and configurations count whole seconds.
    if (!Number.isInteger(description.periodSeconds)) refuse("periodSeconds", `${engine} takes whole seconds`);
  }
  if (engine !== "aura" && authorityChanges.length > 0) refuse("authorityChanges", `${engine} changes its authorities by votes in blocks, not by its description`);
  for (const [path, accounts] of [["authorities", description.authorities], ...authorityChanges.map((change) => ["authorityChanges", change.authorities] as const)] as const) {
    const double = firstDouble(accounts);
    if (double !== undefined) refuse(path, `${double} is there twice; each authority has one vote`);
  }
  if (!isAscending(authorityChanges.map(({ fromBlock }) => fromBlock))) refuse("authorityChanges", "their blocks must ascend");
  for (const field of ["name", "address", "nodeId"] as const) {
    const double = firstDouble(peers.map((peer) => peer[field]));
    if (double !== undefined) refuse("peers", `two have the ${field} ${double}`);
  }
  const place = firstDouble(peers.map(({ host, port }) => `${host} port ${port}`));
  if (place !== undefined) refuse("peers", `two are at ${place}`);
  if (engine !== "qbft" && engine !== "aura") return;
  for (const peer of peers) {
    if (computeAddress(`0x04${peer.nodeId}`) !== peer.address) refuse("peers", `${peer.name}'s node id is not its account's public key, as ${engine} needs`);
  }
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

function firstDouble(values: string[]): string | undefined {
  return values.find((value, index) => values.indexOf(value) !== index);
}

function isAscending(numbers: number[]): boolean {
  return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0));
}
