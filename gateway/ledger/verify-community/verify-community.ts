/**
 * Verifies a whole community: from the contracts' events alone, every batch and every clearing is derived anew and compared with what the
 * chain says came of it; and from the gateways that are named, every batch's root from its readings.
 * @module
 */
import { type Difference, type Note } from "./difference.ts";
import { contractEvents } from "./events.ts";
import { createExchangeReplay } from "./exchange.ts";
import { createLedgerReplay } from "./ledger.ts";
import { rederiveBatches, type HomeReadings } from "./readings.ts";
import { checkContracts, checkState, readRules, type Chain } from "./state.ts";

export interface CommunityVerification {
  /** Newest block that was looked at. */
  blockNumber: number;
  /** Batches on the chain. */
  batches: number;
  /** By home, those of which the root was derived anew from the gateway's readings. */
  homes: { node: number; batches: number; readings: number }[];
  /** Homes with batches of which no gateway was named. */
  unseenNodes: number[];
  slotsCleared: number;
  openDisputes: number;
  /** The first ones, a bounded number of them. */
  differences: Difference[];
  differenceCount: number;
}

/** Differences that are told one by one. */
const MAX_TOLD = 50;

/**
 * @param options.homes what some homes' gateways show
 * @param options.onProgress told in words how far it is
 * @throws when the chain or a gateway does not answer
 */
export async function verifyCommunity(options: Chain & { homes: readonly HomeReadings[]; onProgress?: (text: string) => void }): Promise<CommunityVerification> {
  const { provider, deployment, homes, onProgress = () => undefined } = options;
  const differences: Difference[] = [];
  let differenceCount = 0;
  const note: Note = (difference) => {
    differenceCount += 1;
    if (differences.length < MAX_TOLD) differences.push(difference);
  };
  await checkContracts(options, note);
  const rules = await readRules(options);
  const blockNumber = await provider.getBlockNumber();
  const ledger = createLedgerReplay({ ...rules, note });
  const exchange = createExchangeReplay({ ...rules, ledger, note });
  const tell = (block: number): void => onProgress(`block ${block} of ${blockNumber}: ${ledger.batches().length} batches, ${exchange.cleared()} slots cleared`);
  for await (const event of contractEvents({ provider, contracts: deployment.contracts, toBlock: blockNumber }, tell)) {
    ledger.apply(event);
    exchange.apply(event);
  }
  await checkState(options, blockNumber, exchange, ledger, note);

  const seen: CommunityVerification["homes"] = [];
  for (const home of homes) {
    const node = await home.node();
    const batches = ledger.batches().filter((batch) => batch.node === node);
    const done = await rederiveBatches(home, batches, note, (count) => onProgress(`node ${node}: ${count} of ${batches.length} batches derived from their readings`));
    seen.push({ node, ...done });
  }
  const nodes = new Set(ledger.batches().map(({ node }) => node));
  return {
    blockNumber,
    batches: ledger.batches().length,
    homes: seen,
    unseenNodes: [...nodes].filter((node) => !seen.some((home) => home.node === node)).sort((a, b) => a - b),
    slotsCleared: exchange.cleared(),
    openDisputes: exchange.openDisputes(),
    differences,
    differenceCount,
  };
}
