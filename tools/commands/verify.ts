/**
 * `daisee verify <reading>`: fetches a reading's proof from a gateway and checks it against the chain.
 * @module
 */
import { defineCommand } from "citty";
import { connectChain } from "#chain/provider.ts";
import { readDeployment } from "#chain/record.ts";
import { meterIdOf } from "#contracts/meter-id.ts";
import { readingProofSchema, verifyReading } from "#gateway/ledger/verify.ts";
import type { VerifyCheck } from "#gateway/ledger/verify.ts";
import { COMMON_ARGUMENTS } from "../arguments.ts";
import { UsageError, VerificationError } from "../errors.ts";

const READING_ID = /^([0-9a-f]{12})-(\d+)-(\d+)$/;

/** Fetches the proof document. Throws with what the gateway said, or that it does not answer. */
async function fetchProof(gateway: string, reading: string): Promise<unknown> {
  const url = new URL(`/api/v1/readings/${reading}/proof`, gateway);
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  } catch (cause) {
    throw new Error(`no gateway answers at ${gateway}; start it ("npm start"), or name its address with --gateway`, { cause });
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body;
  const detail = typeof body === "object" && body !== null && "detail" in body ? String(body.detail) : `it answered ${response.status}`;
  throw new Error(`the gateway has no proof of reading ${reading}: ${detail}`);
}

/** A proof of some other reading would pass every check on the chain. */
function checkSubject(proof: unknown, [, boardId = "", boot, sequence]: string[]): VerifyCheck {
  const parsed = readingProofSchema.safeParse(proof);
  const expected = `board ${boardId}, boot ${boot}, sequence ${sequence}`;
  if (!parsed.success) return { name: "document", ok: false, expected, actual: "no proof of a reading" };
  const { meterId, boot: provenBoot, sequence: provenSequence } = parsed.data.reading;
  const isBoard = meterId.startsWith(meterIdOf(boardId, 0).slice(0, 14));
  const actual = `board ${meterId.slice(2, 14)}, boot ${provenBoot}, sequence ${provenSequence}`;
  return { name: "document", ok: isBoard && actual === expected, expected, actual };
}

export const verify = defineCommand({
  meta: {
    name: "verify",
    description: "Check that a reading is in a batch on the chain. Example: daisee verify 02da15ee0001-1-42. Exit code 3: it is not proven.",
  },
  args: {
    reading: { type: "positional", description: "The reading: board-boot-sequence, as the dashboard and the API show it", required: true },
    gateway: { type: "string", description: "The gateway's address", valueHint: "url", default: "http://127.0.0.1:8470" },
    rpc: { type: "string", description: "A node of the chain that you trust", valueHint: "url", default: "http://127.0.0.1:9545" },
    deployment: { type: "string", description: "The community's deployment record", valueHint: "file", default: ".daisee/chain/deployment.json" },
    json: { type: "boolean", description: "Print the checks as JSON", default: false },
    ...COMMON_ARGUMENTS,
  },
  async run({ args }) {
    const id = READING_ID.exec(args.reading);
    if (id === null) throw new UsageError(`"${args.reading}" is no reading: board-boot-sequence is expected, as in 02da15ee0001-1-42.`);
    const deployment = await readDeployment(args.deployment);
    if (deployment === null) throw new Error(`there is no ${args.deployment}; name the community's deployment record with --deployment`);
    const proof = await fetchProof(args.gateway, args.reading);
    const provider = connectChain(args.rpc, deployment.chainId);
    try {
      const checks = [checkSubject(proof, [...id]), ...(await verifyReading({ proof, provider, deployment })).filter(({ name, ok }) => name !== "document" || !ok)];
      if (args.json) console.log(JSON.stringify({ reading: args.reading, proven: checks.every(({ ok }) => ok), checks }, null, 2));
      else for (const { name, ok, expected, actual } of checks) console.log(`${ok ? "✔" : "✘"} ${name}: ${actual}${ok ? "" : ` (expected ${expected})`}`);
      const failed = checks.filter(({ ok }) => !ok).map(({ name }) => name);
      if (failed.length > 0) throw new VerificationError(`reading ${args.reading} is NOT proven (${failed.join(", ")})`);
      if (!args.json) console.log(`Reading ${args.reading} is in batch ${readingProofSchema.parse(proof).batch} on the chain.`);
    } finally {
      provider.destroy();
    }
  },
});
