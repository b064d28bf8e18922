import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { id } from "ethers";
import { admitHome } from "#chain/admit.ts";
import { meterIdOf } from "#contracts/meter-id.ts";
import { encodeCommit } from "#gateway/ledger/batch.ts";
import { createWatch, type WatchOptions } from "#gateway/ledger/watch.ts";
import { SLOT_MS } from "./records.ts";
import { CHAIN_ID, startVillage, wallet, type Village } from "./village.ts";

const NEIGHBOUR_BOARD = "b0b1b2b3b4b5";
const METER_ID = meterIdOf(NEIGHBOUR_BOARD, 0);

describe("watch", function () {
  const gateway = wallet("neighbour's gateway");
  let village: Village;
  let node: number;
  let firstSlot: number;
  let snapshot: unknown;
  before(async () => {
    village = await startVillage();
    const meters = [{ boardId: NEIGHBOUR_BOARD, meter: 0, kind: "bus" as const, ratedPowerW: 1000 }];
    const { registrar, deployment, anvil } = village;
    const account = wallet("neighbour").address;
    node = await admitHome({ rpcUrl: anvil.rpcUrl, deployment, registrar, account, gatewayKey: gateway.address, meters });
    firstSlot = village.bootUtcMs / SLOT_MS;
  });
  after(() => village.close());
  beforeEach(async () => {
    snapshot = await village.rpc("evm_snapshot");
  });
  afterEach(() => village.rpc("evm_revert", [snapshot]));

  /** Commits a batch of one slot as the neighbour's gateway does; 10 mWh are drawn and 5 mWh given each slot. */
  async function commit(number: number): Promise<void> {
    const root = id(`batch ${number}`);
    const checkpoints = [{ meterId: METER_ID, slot: firstSlot + number, importMwh: 10 * number, exportMwh: 5 * number }];
    const data = encodeCommit({ number, root, readingCount: 1, fromUtcMs: number, toUtcMs: number, checkpoints });
    const to = village.deployment.contracts.energyLedger.address;
    const raw = await gateway.signTransaction({ type: 0, chainId: CHAIN_ID, nonce: number - 1, gasPrice: 0n, gasLimit: 300_000n, to, data });
    const hash = await village.rpc("eth_sendRawTransaction", [raw]);
    // A busy anvil answers before it mines.
    while ((await village.rpc("eth_getTransactionReceipt", [hash])) === null) await setTimeout(10);
  }

  async function followed(watch: ReturnType<typeof createWatch>) {
    await watch.follow(await village.chain.head());
    return watch.neighbours();
  }

  const create = (options: Partial<WatchOptions> = {}): ReturnType<typeof createWatch> => createWatch({ chain: village.chain, ...options });

  it("knows every home, also before it commits anything", async () => {
    assert.deepEqual(await followed(create()), [
      { node: 1, batches: [], meters: [] },
      { node: 2, batches: [], meters: [] },
    ]);
  });

  it("gives a neighbour's batches with their transactions, and each meter's energy of its last slot", async () => {
    const watch = create({ rangeBlocks: 2 });
    await followed(watch);
    for (const number of [1, 2, 3]) await commit(number);
    const neighbour = (await followed(watch))[node - 1];
    assert.deepEqual(
      neighbour?.batches.map(({ number, root }) => [number, root]),
      [3, 2, 1].map((number) => [number, id(`batch ${number}`)]),
    );
    const receipt = await village.provider.getTransactionReceipt(neighbour?.batches[0]?.transactionHash ?? "");
    assert.equal(receipt?.blockNumber, neighbour?.batches[0]?.blockNumber);
    const energy = { importMwh: 30, exportMwh: 15, slotImportMwh: 10, slotExportMwh: 5 };
    assert.deepEqual(neighbour?.meters, [{ meterId: METER_ID, kind: "bus", slot: firstSlot + 3, ...energy }]);
  });

  it("is the same however often and in whatever pieces it looks", async () => {
    const often = create({ rangeBlocks: 1 });
    for (const number of [1, 2, 3, 4]) {
      await commit(number);
      await followed(often);
      await followed(often);
    }
    assert.deepEqual(await followed(often), await followed(create()));
  });

  it("counts nothing twice when an answer is lost in the middle", async () => {
    for (const number of [1, 2, 3]) await commit(number);
    const expected = await followed(create());
    let calls = Infinity;
    for (let lost = 1; calls >= lost - 1; lost++) {
      calls = 0;
      const flaky = async <T>(answer: () => Promise<T>): Promise<T> => {
        calls += 1;
        if (calls === lost) throw new Error("lost");
        return answer();
      };
      const { chain } = village;
      const watch = createWatch({
        rangeBlocks: 4,
        chain: {
          events: (from, to) => flaky(() => chain.events(from, to)),
          blockHash: (number) => flaky(() => chain.blockHash(number)),
          nodeCount: () => flaky(() => chain.nodeCount()),
          registration: (meterId) => flaky(() => chain.registration(meterId)),
        },
      });
      assert.deepEqual(await followed(watch).catch(() => followed(watch)), expected);
    }
    assert.ok(calls > 3);
  });

  it("keeps a bounded number of batches, homes and meters", async () => {
    for (const number of [1, 2, 3, 4]) await commit(number);
    const few = await followed(create({ batchesPerNode: 2 }));
    assert.deepEqual(few[node - 1]?.batches.map(({ number }) => number), [4, 3]);
    assert.deepEqual((await followed(create({ maxNodes: 1, maxMeters: 0 }))).flatMap(({ meters }) => meters), []);
    assert.deepEqual((await followed(create({ windowBlocks: 1 })))[node - 1]?.batches.map(({ number }) => number), [4]);
  });

  it("forgets what a reorganisation removed", async () => {
    const watch = create();
    await commit(1);
    await followed(watch);
    const older = await village.rpc("evm_snapshot");
    await commit(2);
    assert.equal((await followed(watch))[node - 1]?.batches.length, 2);
    await village.rpc("evm_revert", [older]);
    assert.deepEqual(await followed(watch), await followed(create()));
    assert.deepEqual((await followed(watch))[node - 1]?.batches.map(({ number }) => number), [1]);
  });

  it("tells whether anything changed", async () => {
    const watch = create();
    const follow = async (): Promise<boolean> => watch.follow(await village.chain.head());
    assert.equal(await follow(), true);
    assert.equal(await follow(), false);
    await village.rpc("evm_mine");
    assert.equal(await follow(), false);
    await commit(1);
    assert.equal(await follow(), true);
  });
});
