/**
 * `daisee verify <reading>`, `--day <date>`, `--community`: fetches proofs from gateways and checks them against the chain.
 * @module
 */
import { defineCommand } from "citty";
import { connectChain } from "#chain/provider.ts";
import { readDeployment } from "#chain/record.ts";
import { bodyOf, type Client } from "#gateway/api/client.ts";
import { createChain } from "#gateway/ledger/chain.ts";
import { checkReading, readingProofSchema, type VerifierChain, type VerifyCheck } from "#gateway/ledger/verify.ts";
import { checkSubject, verifyReadings } from "#gateway/ledger/verify-many.ts";
import { COMMON_ARGUMENTS } from "../arguments.ts";
import { UsageError, VerificationError } from "../errors.ts";
import { connectGateway, GATEWAY_ARGUMENT } from "../gateway/connect.ts";
import { gatewaysIn, runVerifyCommunity } from "./verify-community.ts";

const READING_ID = /^[0-9a-f]{12}-\d+-\d+$/;
const DAY_MS = 86_400_000;

async function fetchProof(client: Client, reading: string): Promise<unknown> {
  try {
    return await bodyOf(client.readings[":readingId"].proof.$get({ param: { readingId: reading } }));
  } catch (cause) {
    throw new Error(`no proof of reading ${reading}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Beginning of a UTC day. @throws UsageError */
function dayStart(day: string): number {
  const start = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN;
  if (Number.isNaN(start)) throw new UsageError(`"${day}" is no day: year-month-day (UTC) is expected, as in 2026-11-22.`);
  return start;
}

/** Proofs of all readings of a day that are in a batch, page by page; counts the others. */
async function* proofsOfDay(client: Client, startMs: number, waiting: { count: number }): AsyncGenerator<{ reading: string; proof: unknown }> {
  for (let cursor: string | null = null; ; ) {
    const query = { fromUtcMs: String(startMs), toUtcMs: String(startMs + DAY_MS), limit: "1000", ...(cursor !== null && { cursor }) };
    const page: { items: { id: string; batchNumber: number | null }[]; nextCursor: string | null } = await bodyOf(client.readings.$get({ query }));
    for (const { id, batchNumber } of page.items) {
      if (batchNumber === null) waiting.count += 1;
      else yield { reading: id, proof: await fetchProof(client, id) };
    }
    if (page.nextCursor === null) return;
    cursor = page.nextCursor;
  }
}

function tell(checks: VerifyCheck[]): void {
  for (const { name, ok, expected, actual } of checks) console.log(`${ok ? "✔" : "✘"} ${name}: ${actual}${ok ? "" : ` (expected ${expected})`}`);
}

interface Question {
  client: Client;
  chain: VerifierChain;
  deployment: NonNullable<Awaited<ReturnType<typeof readDeployment>>>;
  json: boolean;
}

async function verifyOne(reading: string, { client, chain, deployment, json }: Question): Promise<void> {
  const proof = await fetchProof(client, reading);
  const checks = [checkSubject(proof, reading), ...(await checkReading(proof, chain, deployment)).filter(({ name, ok }) => name !== "document" || !ok)];
  const failed = checks.filter(({ ok }) => !ok).map(({ name }) => name);
  if (json) console.log(JSON.stringify({ reading, proven: failed.length === 0, checks }, null, 2));
  else tell(checks);
  if (failed.length > 0) throw new VerificationError(`reading ${reading} is NOT proven (${failed.join(", ")})`);
  if (!json) console.log(`Reading ${reading} is in batch ${readingProofSchema.parse(proof).batch} on the chain.`);
}

async function verifyDay(day: string, { client, chain, deployment, json }: Question): Promise<void> {
  const waiting = { count: 0 };
  const result = await verifyReadings(proofsOfDay(client, dayStart(day), waiting), chain, deployment);
  const { proven, failures, failed, batches } = result;
  if (json) console.log(JSON.stringify({ day, ...result, waiting: waiting.count }, null, 2));
  else {
    for (const { reading, checks } of failed) {
      console.log(`Reading ${reading}:`);
      tell(checks);
    }
    console.log(`${proven} readings of ${day} (UTC) are proven, in ${batches.length} batches; ${waiting.count} are in no batch yet.`);
  }
  if (failures > 0) throw new VerificationError(`${failures} readings of ${day} are NOT proven`);
}

export const verify = defineCommand({
  meta: {
    name: "verify",
    description: "Check a reading, a whole day, or the whole community against the chain. Example: daisee verify 02da15ee0001-1-42. Exit code 3: not proven.",
  },
  args: {
    reading: { type: "positional", description: "The reading: board-boot-sequence, as the dashboard and the API show it", required: false },
    day: { type: "string", description: "Instead of one reading, all of a day (UTC)", valueHint: "2026-11-22" },
    community: { type: "boolean", description: "Derive every batch and clearing anew from the chain's events, and each named gateway's batches from its readings (--gateway may be given several times)", default: false },
    ...GATEWAY_ARGUMENT,
    rpc: { type: "string", description: "A node of the chain that you trust", valueHint: "url", default: "http://127.0.0.1:9545" },
    deployment: { type: "string", description: "The community's deployment record", valueHint: "file", default: ".daisee/chain/deployment.json" },
    json: { type: "boolean", description: "Print the checks as JSON", default: false },
    ...COMMON_ARGUMENTS,
  },
  async run({ args, rawArgs }) {
    const { reading, day, community, json } = args;
    if ([reading !== undefined, day !== undefined, community].filter(Boolean).length !== 1) throw new UsageError("Name one reading, or a day with --day, or say --community.");
    if (reading !== undefined && !READING_ID.test(reading)) {
      throw new UsageError(`"${reading}" is no reading: board-boot-sequence is expected, as in 02da15ee0001-1-42.`);
    }
    if (day !== undefined) dayStart(day);
    const deployment = await readDeployment(args.deployment);
    if (deployment === null) throw new Error(`there is no ${args.deployment}; name the community's deployment record with --deployment`);
    const provider = connectChain(args.rpc, deployment.chainId);
    try {
      if (community) return await runVerifyCommunity({ provider, deployment, gateways: gatewaysIn(rawArgs), json });
      const client = await connectGateway(args.gateway);
      const question = { client, chain: createChain({ provider, deployment }), deployment, json };
      await (day === undefined ? verifyOne(reading ?? "", question) : verifyDay(day, question));
    } finally {
      provider.destroy();
    }
  },
});
