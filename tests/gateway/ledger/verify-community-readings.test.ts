import assert from "node:assert/strict";
import type { Ledger } from "#gateway/ledger/ledger.ts";
import type { HomeReadings } from "#gateway/ledger/verify-community/readings.ts";
import { verifyCommunity, type CommunityVerification } from "#gateway/ledger/verify-community/verify-community.ts";
import { readingProofSchema, type ReadingProof } from "#gateway/ledger/verify.ts";
import { openHome, startVillage, untilFinal, type Home, type Village } from "./village.ts";

describe("a community's batches, derived from the readings that a gateway shows", function () {
  let village: Village;
  let home: Home;
  let ledger: Ledger;
  before(async () => {
    village = await startVillage();
    home = await openHome(village);
    ledger = home.start();
    await home.measure(0, 2);
    await untilFinal(home.store, 1);
    await home.measure(2, 1);
    await untilFinal(home.store, 2);
  });
  after(async () => {
    await home.close();
    await village.close();
  });

  /** What the home's gateway shows, as it comes over HTTP, bent or not. */
  function shown(bend: (proof: ReadingProof, place: number) => unknown = (proof) => proof): HomeReadings {
    let place = 0;
    return {
      node: async () => village.node,
      readingsOf: async ({ number }) => (await home.store.batchReadings(number)).map(({ boardId, boot, sequence }) => `${boardId}-${boot}-${sequence}`),
      async proof(id) {
        const [boardId = "", boot, sequence] = id.split("-");
        const proof = readingProofSchema.parse(JSON.parse(JSON.stringify(await ledger.proof({ boardId, boot: Number(boot), sequence: Number(sequence) }))));
        return bend(proof, place++);
      },
    };
  }

  const verify = (homes: HomeReadings[]): Promise<CommunityVerification> => verifyCommunity({ provider: village.provider, deployment: village.deployment, homes });
  const told = ({ differences }: CommunityVerification): string[] => differences.map(({ subject, what }) => `${subject}, ${what}`);

  it("have the roots that are on the chain", async () => {
    const progress: string[] = [];
    const result = await verifyCommunity({ provider: village.provider, deployment: village.deployment, homes: [shown()], onProgress: (text) => progress.push(text) });
    const readings = (await home.store.batchReadings(1)).length + (await home.store.batchReadings(2)).length;
    assert.deepEqual(told(result), []);
    assert.deepEqual([result.batches, result.homes, result.unseenNodes], [2, [{ node: village.node, batches: 2, readings }], []]);
    assert.match(progress.at(-1) ?? "", /node 1: 2 of 2 batches/);
  });

  it("are named where a reading was changed, left out, or came from elsewhere", async () => {
    const root = `batch 1 of node ${village.node}, root over its readings`;
    const changed = shown((proof, place) => (place === 3 ? { ...proof, reading: { ...proof.reading, importMwh: proof.reading.importMwh + 1 } } : proof));
    assert.deepEqual(told(await verify([changed])), [root]);
    const first = (await home.store.batchReadings(1)).length;
    const leftOut: HomeReadings = { ...shown(), readingsOf: async (batch) => (await shown().readingsOf(batch)).slice(batch.number === 1 ? 1 : 0) };
    assert.deepEqual(told(await verify([leftOut])).slice(0, 2), [`batch 1 of node ${village.node}, readings that the gateway shows`, root]);
    const broken = shown((proof, place) => (place === first ? { nothing: true } : proof));
    assert.match(told(await verify([broken]))[0] ?? "", /^batch 2 of node 1, reading [0-9a-f]{12}-1-\d+$/);
  });

  it("are said not to be derived where no gateway shows them", async () => {
    const result = await verify([]);
    assert.deepEqual([told(result), result.unseenNodes], [[], [village.node]]);
  });
});
