/**
 * `daisee verify --community`: derives every batch and every clearing anew, from the chain's events and from gateways' readings.
 * @module
 */
import { parseArgs } from "node:util";
import type { JsonRpcProvider } from "ethers";
import type { Deployment } from "#chain/record.ts";
import { bodyOf, type Client } from "#gateway/api/client.ts";
import type { CommittedBatch } from "#gateway/ledger/verify-community/ledger.ts";
import type { HomeReadings } from "#gateway/ledger/verify-community/readings.ts";
import { verifyCommunity, type CommunityVerification } from "#gateway/ledger/verify-community/verify-community.ts";
import { VerificationError } from "../errors.ts";
import { connectGateway, DEFAULT_GATEWAY } from "../gateway/connect.ts";

/** All that were named: the option may be given several times, of which citty keeps the last. */
export function gatewaysIn(rawArgs: string[]): string[] {
  const { values } = parseArgs({ args: rawArgs, options: { gateway: { type: "string", multiple: true } }, strict: false });
  const named = values["gateway"] ?? [];
  return named.length === 0 ? [DEFAULT_GATEWAY] : named.map(String);
}

/** What a gateway's API shows of its home's readings. */
function readingsBehind(client: Client): HomeReadings {
  return {
    node: async () => (await bodyOf(client.chain.$get())).node,
    async readingsOf({ number, fromUtcMs, toUtcMs }: CommittedBatch) {
      const ids: string[] = [];
      for (let cursor: string | null = null; ; ) {
        const query = { fromUtcMs: String(fromUtcMs), toUtcMs: String(toUtcMs + 1), limit: "1000", ...(cursor !== null && { cursor }) };
        const page: { items: { id: string; batchNumber: number | null }[]; nextCursor: string | null } = await bodyOf(client.readings.$get({ query }));
        ids.push(...page.items.filter(({ batchNumber }) => batchNumber === number).map(({ id }) => id));
        if (page.nextCursor === null) return ids;
        cursor = page.nextCursor;
      }
    },
    proof: (readingId) => bodyOf(client.readings[":readingId"].proof.$get({ param: { readingId } })),
  };
}

/** The gateways that answer; of the others it is said that they do not. */
async function reachable(addresses: string[], say: (text: string) => void): Promise<HomeReadings[]> {
  const homes: HomeReadings[] = [];
  for (const address of addresses) {
    try {
      const home = readingsBehind(await connectGateway(address));
      await home.node();
      homes.push(home);
    } catch (error) {
      say(`${error instanceof Error ? error.message : String(error)} (its batches are not derived from readings)`);
    }
  }
  return homes;
}

function lines({ blockNumber, batches, homes, unseenNodes, slotsCleared, openDisputes, differences, differenceCount }: CommunityVerification): string[] {
  return [
    `up to block ${blockNumber}: ${batches} batches in order, ${slotsCleared} slots cleared anew, ${openDisputes} open disputes`,
    ...homes.map((home) => `node ${home.node}: the roots of ${home.batches} batches follow from ${home.readings} readings`),
    ...(unseenNodes.length === 0 ? [] : [`not derived from readings, as no gateway of theirs was named or answered: the batches of node ${unseenNodes.join(", ")}`]),
    ...differences.map(({ subject, what, expected, actual, transactionHash }) => `✘ ${subject}, ${what}: ${actual}, expected ${expected}${transactionHash === null ? "" : ` (transaction ${transactionHash})`}`),
    ...(differenceCount > differences.length ? [`and ${differenceCount - differences.length} more`] : []),
  ];
}

/** @throws VerificationError when anything differs */
export async function runVerifyCommunity(options: { provider: JsonRpcProvider; deployment: Deployment; gateways: string[]; json: boolean }): Promise<void> {
  const { provider, deployment, gateways, json } = options;
  const say = (text: string): void => console.error(text);
  const homes = await reachable(gateways, say);
  const result = await verifyCommunity({ provider, deployment, homes, onProgress: say });
  if (json) console.log(JSON.stringify(result, null, 2));
  else for (const line of lines(result)) console.log(result.differenceCount === 0 ? `✔ ${line}` : line);
  if (result.differenceCount > 0) throw new VerificationError(`the community's account differs in ${result.differenceCount} places from what follows from its chain's events and the gateways' readings`);
}
