import assert from "node:assert/strict";
import { ZeroHash, type Result } from "ethers";
import fc from "fast-check";
import { RATED_POWER_W, SLOT_SECONDS, useVillage, type Checkpoint, type Village } from "./village.ts";

/** `LEDGER_RUNS` makes more of them. */
const RUNS = Number(process.env["LEDGER_RUNS"] ?? 6);

type Counters = Omit<Checkpoint, "meterId">;

/** The ledger's rules, written a second time: in W and hours, with fractions, where the contract counts in integers. */
class Model {
  readonly states: Map<string, Counters>;
  readonly batches: Map<number, number>;
  readonly owners: Map<string, number>;

  constructor(owners: Map<string, number>, states = new Map<string, Counters>(), batches = new Map<number, number>()) {
    this.owners = owners;
    this.states = states;
    this.batches = batches;
  }

  nextBatch(node: number): number {
    return (this.batches.get(node) ?? 0) + 1;
  }

  /** The model after a batch, or null when the batch breaks a rule. */
  after(node: number, number: number, checkpoints: Checkpoint[]): Model | null {
    if (number !== this.nextBatch(node) || checkpoints.length === 0) return null;
    const next = new Model(this.owners, new Map(this.states), new Map(this.batches).set(node, number));
    const legal = checkpoints.every((checkpoint) => {
      const before = next.states.get(checkpoint.meterId);
      next.states.set(checkpoint.meterId, checkpoint);
      return this.owners.get(checkpoint.meterId) === node && (before === undefined || follows(before, checkpoint));
    });
    return legal ? next : null;
  }
}

function follows(before: Counters, after: Counters): boolean {
  const limitMwh = (RATED_POWER_W * 1000 * 1.05 * (after.slot - before.slot) * SLOT_SECONDS) / 3600 + 1;
  const possible = (energyMwh: bigint): boolean => energyMwh >= 0n && Number(energyMwh) <= limitMwh;
  return after.slot > before.slot && possible(after.importMwh - before.importMwh) && possible(after.exportMwh - before.exportMwh);
}

/** Mostly what a meter may count in a slot, sometimes around the limit, sometimes backwards. */
const anyEnergy = fc.oneof(
  { weight: 20, arbitrary: fc.bigInt({ min: 0n, max: 292n }) },
  { weight: 2, arbitrary: fc.bigInt({ min: 290n, max: 600n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: -50n, max: -1n }) },
);
const anyMove = fc.record({
  meter: fc.oneof({ weight: 9, arbitrary: fc.constantFrom("first", "second") }, { weight: 1, arbitrary: fc.constant("foreign") }),
  slots: fc.oneof({ weight: 15, arbitrary: fc.integer({ min: 1, max: 4 }) }, { weight: 1, arbitrary: fc.integer({ min: -1, max: 0 }) }),
  importMwh: anyEnergy,
  exportMwh: anyEnergy,
});
const anyStep = fc.record({
  node: fc.constantFrom(1, 2),
  numberOffset: fc.oneof({ weight: 10, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(-1, 1) }),
  moves: fc.array(anyMove, { maxLength: 4 }),
});

type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;

/** Turns a step's moves into checkpoints that follow what the meters have. */
function checkpointsOf(v: Village, model: Model, { node, moves }: Step): Checkpoint[] {
  const [first, second, foreign] = node === 1 ? [v.battery, v.bus, v.foreign] : [v.foreign, v.foreign, v.bus];
  const own = { first, second, foreign };
  const states = new Map(model.states);
  return moves.map((move) => {
    const meterId = own[move.meter];
    const before = states.get(meterId) ?? { slot: v.slot, importMwh: 100n, exportMwh: 100n };
    const state = {
      slot: before.slot + move.slots,
      importMwh: before.importMwh + move.importMwh,
      exportMwh: before.exportMwh + move.exportMwh,
    };
    states.set(meterId, state);
    return { meterId, ...state };
  });
}

/** Whether the contract takes a batch; any other trouble than a revert fails the test. */
async function commits(v: Village, node: number, number: number, checkpoints: Checkpoint[]): Promise<boolean> {
  try {
    await v.commit({ number, root: ZeroHash, checkpoints }, node === 1 ? v.gateway : v.otherGateway);
    return true;
  } catch (error) {
    assert.match(String(error), /was reverted/);
    return false;
  }
}

async function assertState(v: Village, model: Model): Promise<void> {
  for (const node of [1, 2]) assert.equal(await v.read(v.ledger, "nextBatch", node), BigInt(model.nextBatch(node)));
  for (const [meterId, { slot, importMwh, exportMwh }] of model.states) {
    // The cast: ethers' results are untyped.
    const found = (await v.read(v.ledger, "meterState", meterId)) as Result;
    assert.deepEqual(found.toArray().slice(1), [BigInt(slot), importMwh, exportMwh]);
  }
}

describe("EnergyLedger under random sequences of batches", () => {
  const village = useVillage();

  it("takes exactly what the rules allow: batches without gap or repetition, counters monotone and bounded", async () => {
    const outcomes = { taken: 0, refused: 0 };
    const property = fc.asyncProperty(fc.array(anyStep, { minLength: 10, maxLength: 25 }), async (steps) => {
      const v = village();
      const snapshot: unknown = await v.provider.send("evm_snapshot", []);
      let model = new Model(new Map([v.battery, v.bus, v.foreign].map((meterId) => [meterId, meterId === v.foreign ? 2 : 1])));
      for (const step of steps) {
        const number = model.nextBatch(step.node) + step.numberOffset;
        const checkpoints = checkpointsOf(v, model, step);
        // A negative counter cannot even be encoded.
        if (checkpoints.some(({ importMwh, exportMwh }) => importMwh < 0n || exportMwh < 0n)) continue;
        const expected = model.after(step.node, number, checkpoints);
        assert.equal(await commits(v, step.node, number, checkpoints), expected !== null);
        model = expected ?? model;
        outcomes[expected === null ? "refused" : "taken"] += 1;
      }
      await assertState(v, model);
      await v.provider.send("evm_revert", [snapshot]);
    });
    await fc.assert(property, { seed: 8995, numRuns: RUNS });
    assert.ok(outcomes.taken > 3 * RUNS && outcomes.refused > 3 * RUNS, `both are common: ${JSON.stringify(outcomes)}`);
  }).timeout(60_000 + 20_000 * RUNS);
});
