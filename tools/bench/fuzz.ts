/**
 * Fuzzes what a stranger's bytes reach, for longer than a test may take: `FUZZ_RUNS` inputs for each target (default 500,000), from the
 * seed `SEED`. It ends with the input, in hex, that broke a promise.
 * @module
 */
import { createRandom } from "#tools/virtual-board/random.ts";
import { createMutator } from "./fuzz/mutate.ts";
import { TARGETS } from "./fuzz/targets.ts";
import type { Target } from "./fuzz/targets.ts";
import type { Bench, Figure } from "./harness.ts";

const RUNS = Number(process.env["FUZZ_RUNS"] ?? 500_000);
const SEED = Number(process.env["SEED"] ?? 20261123);
/** What takes longer is tried again, and the shortest time counts: other processes take turns, too. */
const SUSPICIOUS_MS = 1;
const TRIES = 5;
/** Every so many-th input's heap is measured, over as many runs of it as even out the granularity of the heap's own figures. */
const HEAP_EVERY = 1000;
const HEAP_RUNS = 200;

function timeOf(target: Target, input: Uint8Array): number {
  const start = performance.now();
  target.run(input);
  return performance.now() - start;
}

/** Bytes that one run allocates; 0 when the collector came in between each time. */
function heapOf(target: Target, input: Uint8Array): number {
  for (let left = TRIES; left > 0; left--) {
    const before = process.memoryUsage().heapUsed;
    for (let run = 0; run < HEAP_RUNS; run++) target.run(input);
    const allocated = process.memoryUsage().heapUsed - before;
    if (allocated > 0) return allocated / HEAP_RUNS;
  }
  return 0;
}

function runAll(target: Target, stream: number): { slowestMs: number; mostBytes: number; perSecond: number } {
  const mutate = createMutator(target.corpus, createRandom(SEED, stream));
  let slowestMs = 0;
  let mostBytes = 0;
  let input = new Uint8Array(0);
  const start = performance.now();
  try {
    for (let run = 0; run < RUNS; run++) {
      input = Uint8Array.from(mutate());
      let ms = timeOf(target, input);
      for (let more = 1; ms > SUSPICIOUS_MS && more < TRIES; more++) ms = Math.min(ms, timeOf(target, input));
      slowestMs = Math.max(slowestMs, ms);
      if (run % HEAP_EVERY === 0) mostBytes = Math.max(mostBytes, heapOf(target, input));
    }
  } catch (error) {
    throw new Error(`fuzz: ${target.name} broke on ${Buffer.from(input).toString("hex")} (seed ${SEED})`, { cause: error });
  }
  return { slowestMs, mostBytes, perSecond: (RUNS / (performance.now() - start)) * 1000 };
}

export const fuzz: Bench = {
  name: "fuzz",
  summary: "scanner, CoAP parser and decoders on damaged input: no crash, no hang, no heap beyond a datagram's",
  async run(): Promise<Figure[]> {
    return TARGETS.flatMap((target, stream) => {
      const { slowestMs, mostBytes, perSecond } = runAll(target, stream);
      return [
        { name: `${target.name}: inputs`, value: perSecond, unit: "1/s" },
        { name: `${target.name}: slowest`, value: slowestMs, unit: "ms", aim: { of: "value" as const, atMost: 5 } },
        { name: `${target.name}: most heap of one`, value: mostBytes / 1024, unit: "KiB", aim: { of: "value" as const, atMost: 64 } },
      ];
    });
  },
};
