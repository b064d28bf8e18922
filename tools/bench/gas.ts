/**
 * What the contracts' calls cost, beside the first DAISEE's and the plainest way to store a reading. The figures are those of the committed
 * snapshot, which `tests/contracts/gas.test.ts` holds to what it measures on anvil: gas does not depend on the machine.
 * @module
 */
import { readArtifact } from "#contracts/artifact.ts";
import { CONTRACTS, MAX_CODE_BYTES } from "#contracts/build/compile.ts";
import { readGasSnapshot } from "#contracts/gas.ts";
import type { Bench, Figure } from "./harness.ts";

/** Gas of the first DAISEE's calls (2017), each for one sample; and of a reading pushed as a struct. */
const OLD = {
  production: { name: "DAISEE 0.2, setProduction", value: 28_168 },
  consumption: { name: "DAISEE 0.2, consumeEnergy", value: 39_598 },
  purchase: { name: "DAISEE 0.2, buyEnergy", value: 59_953 },
  struct: { name: "a reading stored as a struct", value: 101_306 },
};

const codeBytes = (name: (typeof CONTRACTS)[number]): number => readArtifact(name).deployedBytecode.length / 2 - 1;

export const gas: Bench = {
  name: "gas",
  summary: "gas per reading, per clearing and per call, from the snapshot that the tests check; bytes of code",
  async run(): Promise<Figure[]> {
    const snapshot = readGasSnapshot();
    const full = snapshot["commit of a slot of 8 meters, with 90 readings each"] / 720;
    const day = snapshot["commit of a day's 96 slots of 2 meters, with 8640 readings each"] / 17_280;
    const unit = "gas";
    return [
      { name: "per reading, 8 meters × 90 readings and their checkpoints", value: full, unit, reference: OLD.production, aim: { of: "value", atMost: 150 } },
      { name: "the same", value: full, unit, reference: OLD.consumption },
      { name: "the same", value: full, unit, reference: OLD.struct },
      { name: "per reading, a day's backlog of 2 meters at 10 s", value: day, unit, reference: OLD.production },
      { name: "per reading, 100 without checkpoints", value: snapshot["commit of 100 readings"] / 100, unit, reference: OLD.production },
      { name: "per member, a slot of 100 cleared and paid", value: snapshot["clearing of a slot of 100 members"] / 100, unit, reference: OLD.purchase, aim: { of: "value", atMost: 12_000 } },
      { name: "a reading verified at depth 10", value: snapshot["verification of a reading at depth 10"], unit, reference: OLD.consumption, aim: { of: "value", atMost: 40_000 } },
      ...(["transfer of coins", "deposit", "withdrawal", "change of an ask", "change of a bid"] as const).map((name) => ({ name, value: snapshot[name], unit, reference: OLD.purchase })),
      ...CONTRACTS.map((name): Figure => ({ name: `code of ${name}`, value: codeBytes(name), unit: "bytes", aim: { of: "value", atMost: MAX_CODE_BYTES } })),
    ];
  },
};
