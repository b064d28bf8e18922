/**
 * The short run of `npm run bench -- fuzz`; FUZZ_RUNS makes it longer, SEED another.
 * @module
 */
import { createMutator } from "#tools/bench/fuzz/mutate.ts";
import { TARGETS } from "#tools/bench/fuzz/targets.ts";
import { createRandom } from "#tools/virtual-board/random.ts";

const RUNS = Number(process.env["FUZZ_RUNS"] ?? 4000);
const SEED = Number(process.env["SEED"] ?? 20261123);

describe(`damaged input (seed ${SEED})`, () => {
  for (const [stream, target] of TARGETS.entries()) {
    it(`breaks no promise of ${target.name}`, function () {
      this.timeout(600_000);
      for (const input of target.corpus) target.run(input);
      const mutate = createMutator(target.corpus, createRandom(SEED, stream));
      for (let run = 0; run < RUNS; run++) {
        const input = mutate();
        try {
          target.run(input);
        } catch (error) {
          throw new Error(`broke on ${Buffer.from(input).toString("hex")}`, { cause: error });
        }
      }
    });
  }
});
