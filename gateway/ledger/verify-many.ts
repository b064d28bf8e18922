/**
 * Verifies many readings, a day's say: each one's leaf and way to its batch's root by itself, and what it shares with others asked of the
 * chain once.
 * @module
 */
import type { LedgerDeployment } from "./chain.ts";
import { checkReading, readingProofSchema, type VerifierChain, type VerifyCheck } from "./verify.ts";

export interface Verification {
  /** Readings that passed every check. */
  proven: number;
  /** Batches that they are in, ascending. */
  batches: number[];
  /** Readings that did not, a bounded number of them, with the checks that failed. */
  failed: { reading: string; checks: VerifyCheck[] }[];
  failures: number;
}

/** Failures that are told one by one. */
const MAX_TOLD = 20;

/** Remembers answers by what was asked; not that none came. */
function once<Arguments extends unknown[], Answer>(ask: (...args: Arguments) => Promise<Answer>): (...args: Arguments) => Promise<Answer> {
  const answers = new Map<string, Promise<Answer>>();
  return (...args) => {
    const question = JSON.stringify(args);
    const known = answers.get(question);
    if (known !== undefined) return known;
    const answer = ask(...args);
    answers.set(question, answer);
    answer.catch(() => answers.delete(question));
    return answer;
  };
}

/** A chain that is asked once for each batch and meter. The contract's own check of a leaf is made for each batch's first reading. */
export function rememberingChain(chain: VerifierChain): VerifierChain {
  const asked = new Set<string>();
  return {
    identity: once(() => chain.identity()),
    batchRoot: once((node, batch) => chain.batchRoot(node, batch)),
    registration: once((meterId) => chain.registration(meterId)),
    committedIn: once((hash, node, batch) => chain.committedIn(hash, node, batch)),
    async verifyReading(node, batch, reading, proof) {
      const isFirst = !asked.has(`${node}/${batch}`);
      asked.add(`${node}/${batch}`);
      // The others are shown to lead to the same root by "root" and "root on chain".
      return isFirst ? chain.verifyReading(node, batch, reading, proof) : true;
    },
  };
}

/**
 * Verifies readings one after the other, in bounded memory.
 * @param proofs each reading's name, which its proof has to be of, and the proof, as anybody may have sent it
 */
export async function verifyReadings(
  proofs: AsyncIterable<{ reading: string; proof: unknown }>,
  chain: VerifierChain,
  deployment: LedgerDeployment,
): Promise<Verification> {
  const remembering = rememberingChain(chain);
  const batches = new Set<number>();
  const result: Verification = { proven: 0, batches: [], failed: [], failures: 0 };
  for await (const { reading, proof } of proofs) {
    const checks = [checkSubject(proof, reading), ...(await checkReading(proof, remembering, deployment))].filter(({ ok }) => !ok);
    if (checks.length === 0) {
      result.proven += 1;
      batches.add(readingProofSchema.parse(proof).batch);
      continue;
    }
    result.failures += 1;
    if (result.failed.length < MAX_TOLD) result.failed.push({ reading, checks });
  }
  return { ...result, batches: [...batches].sort((a, b) => a - b) };
}

/** A proof of some other reading would pass every check on the chain. */
export function checkSubject(proof: unknown, reading: string): VerifyCheck {
  const parsed = readingProofSchema.safeParse(proof);
  if (!parsed.success) return { name: "document", ok: false, expected: `a proof of reading ${reading}`, actual: "no proof of a reading" };
  const { meterId, boot, sequence } = parsed.data.reading;
  const actual = `${meterId.slice(2, 14)}-${boot}-${sequence}`;
  return { name: "document", ok: actual === reading, expected: `a proof of reading ${reading}`, actual: `a proof of reading ${actual}` };
}
