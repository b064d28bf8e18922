import assert from "node:assert/strict";
import { ContractFactory, ZeroAddress, ZeroHash, id, type InterfaceAbi, type Result } from "ethers";
import { readArtifact } from "#contracts/artifact.ts";
import { MAX_COUNTER_MWH, packCheckpoints, unpackCheckpoints } from "#contracts/checkpoints.ts";
import { meterIdOf } from "#contracts/meter-id.ts";
import { RATED_POWER_W, SLOT_LIMIT_MWH, SLOT_SECONDS, refuses, useVillage, wallet } from "./village.ts";

describe("EnergyLedger", () => {
  const village = useVillage();

  /** The newest checkpoint of a meter: admission, slot, import, export. */
  async function stateOf(meterId: string): Promise<unknown[]> {
    // The cast: ethers' results are untyped.
    return ((await village().read(village().ledger, "meterState", meterId)) as Result).toArray();
  }

  it("tells its registry and slot length", async () => {
    const v = village();
    assert.equal(await v.read(v.ledger, "registry"), await v.registry.getAddress());
    assert.equal(await v.read(v.ledger, "slotSeconds"), BigInt(SLOT_SECONDS));
  });

  it("refuses to be built without a registry or with a slot of nothing or above a day", async () => {
    const v = village();
    const { abi, bytecode } = readArtifact("EnergyLedger");
    // The cast: the artifact's ABI is the compiler's.
    const factory = new ContractFactory(abi as InterfaceAbi, bytecode);
    const registry = await v.registry.getAddress();
    await refuses(deployCall(factory, ZeroAddress, 900), "ZeroRegistry", []);
    await refuses(deployCall(factory, registry, 0), "InvalidSlotSeconds", [0]);
    await refuses(deployCall(factory, registry, 86_401), "InvalidSlotSeconds", [86_401]);
    assert.notEqual(await deployCall(factory, registry, 86_400), "0x");
  });

  /** Runs a constructor as a call; an error is decoded with the ledger's ABI. */
  async function deployCall(factory: ContractFactory, registry: string, slotSeconds: number): Promise<string> {
    const v = village();
    const { data } = await factory.getDeployTransaction(registry, slotSeconds);
    return v.provider.call({ data }).catch((error: unknown) => {
      const found = error instanceof Error && "data" in error ? v.ledger.interface.parseError(String(error.data)) : null;
      throw Object.assign(error instanceof Error ? error : new Error(String(error)), { revert: found });
    });
  }

  describe("batches", () => {
    it("keeps the root, counts on, and tells all of it in an event", async () => {
      const v = village();
      assert.equal(await v.read(v.ledger, "nextBatch", 1), 1n);
      const receipt = await v.commit({ root: id("a"), readingCount: 7, fromMs: 5, toMs: 9 });
      assert.equal(await v.read(v.ledger, "batchRoot", 1, 1), id("a"));
      assert.equal(await v.read(v.ledger, "nextBatch", 1), 2n);
      assert.equal(await v.read(v.ledger, "nextBatch", 2), 1n);
      const [log] = receipt.logs;
      assert.ok(log);
      assert.equal(log.topics.length, 3, "node and number are indexed");
      assert.deepEqual(v.ledger.interface.parseLog(log)?.args.toArray(), [1n, 1n, id("a"), 7n, 5n, 9n, "0x"]);
    });

    it("takes batches strictly in order", async () => {
      const v = village();
      await v.refusesCommit({ number: 0 }, "NotNextBatch", [1, 1, 0]);
      await v.refusesCommit({ number: 2 }, "NotNextBatch", [1, 1, 2]);
      await v.commit({ number: 1 });
      await v.refusesCommit({ number: 1 }, "NotNextBatch", [1, 2, 1]);
      await v.commit({ number: 2 });
      await v.commit({ number: 1 }, v.otherGateway);
    });

    it("refuses an empty batch, a root without readings and readings without a root", async () => {
      const v = village();
      await v.refusesCommit({ root: ZeroHash, readingCount: 0 }, "EmptyBatch", []);
      await v.refusesCommit({ root: id("a"), readingCount: 0, checkpoints: [v.checkpoint()] }, "RootWithoutReadings", [id("a"), 0]);
      await v.refusesCommit({ root: ZeroHash, readingCount: 3 }, "RootWithoutReadings", [ZeroHash, 3]);
    });

    it("takes a batch of checkpoints alone", async () => {
      const v = village();
      await v.commit({ root: ZeroHash, checkpoints: [v.checkpoint()] });
      assert.equal(await v.read(v.ledger, "batchRoot", 1, 1), ZeroHash);
      assert.equal(await v.read(v.ledger, "nextBatch", 1), 2n);
    });

    it("refuses a period that ends before it begins, and takes one of no length", async () => {
      const v = village();
      await v.refusesCommit({ fromMs: 2, toMs: 1 }, "InvalidPeriod", [2, 1]);
      await v.commit({ fromMs: 2, toMs: 2 });
    });

    it("takes 256 checkpoints and refuses 257", async () => {
      const v = village();
      const checkpoints = Array.from({ length: 257 }, (_, i) => v.checkpoint({ slot: v.slot + i }));
      await v.refusesCommit({ checkpoints }, "TooManyCheckpoints", [257, 256]);
      await v.commit({ checkpoints: checkpoints.slice(1) });
      assert.deepEqual(await stateOf(v.battery), [3n, BigInt(v.slot + 256), 0n, 0n]);
    });

    it("refuses whom the registry does not know", async () => {
      const v = village();
      await v.refusesCommit({}, "UnknownGateway", [v.stranger.address], v.stranger);
      await v.refusesCommit({}, "UnknownGateway", [v.community.address], v.community);
    });

    it("refuses a retired node's gateway", async () => {
      const v = village();
      await v.send(v.community, v.registry, "retireNode", [1]);
      await v.refusesCommit({}, "UnknownGateway", [v.gateway.address]);
    });

    it("goes on with the sequence and the counters under a new key", async () => {
      const v = village();
      await v.commit({ checkpoints: [v.checkpoint({ importMwh: 10n })] });
      await v.send(v.community, v.registry, "replaceGateway", [1, v.stranger.address]);
      const next = { number: 2, checkpoints: [v.checkpoint({ slot: v.slot + 1, importMwh: 11n })] };
      await v.refusesCommit(next, "UnknownGateway", [v.gateway.address]);
      await v.refusesCommit({ ...next, number: 1 }, "NotNextBatch", [1, 2, 1], v.stranger);
      await v.commit(next, v.stranger);
      assert.deepEqual(await stateOf(v.battery), [3n, BigInt(v.slot + 1), 11n, 0n]);
    });

    it("leaves nothing of a batch whose last checkpoint is refused", async () => {
      const v = village();
      const checkpoints = [v.checkpoint(), v.checkpoint({ meterId: v.foreign })];
      await assert.rejects(v.commit({ checkpoints }), /reverted/);
      assert.equal(await v.read(v.ledger, "nextBatch", 1), 1n);
      assert.equal(await v.read(v.ledger, "batchRoot", 1, 1), ZeroHash);
      assert.deepEqual(await stateOf(v.battery), [0n, 0n, 0n, 0n]);
    });
  });

  describe("checkpoints", () => {
    it("takes the first one of a meter as its baseline, whatever it has counted before, and tells it in the batch's event", async () => {
      const v = village();
      const largest = BigInt(MAX_COUNTER_MWH);
      const receipt = await v.commit({ checkpoints: [v.checkpoint({ importMwh: largest, exportMwh: 5n })] });
      assert.deepEqual(await stateOf(v.battery), [3n, BigInt(v.slot), largest, 5n]);
      const [log] = receipt.logs;
      assert.ok(log);
      const packed = String(v.ledger.interface.parseLog(log)?.args["checkpoints"]);
      assert.deepEqual(unpackCheckpoints(packed), [{ meterId: v.battery, slot: v.slot, importMwh: largest, exportMwh: 5n }]);
    });

    it("has no room for counters that nobody counts", () => {
      const checkpoint = village().checkpoint();
      for (const change of [{ importMwh: MAX_COUNTER_MWH + 1 }, { exportMwh: -1 }]) {
        assert.throws(() => packCheckpoints([{ ...checkpoint, ...change }]), /not from 0 to/);
      }
    });

    it("refuses checkpoints that end within one", async () => {
      const v = village();
      const whole = packCheckpoints([v.checkpoint(), v.checkpoint({ meterId: v.bus })]);
      const length = (whole.length - 2) / 2;
      const commit = v.ledger.getFunction("commit");
      for (const bytes of [length - 1, length - 12, 12]) {
        const call = commit.staticCall(1, ZeroHash, 0, 1, 2, whole.slice(0, 2 + 2 * bytes), { from: v.gateway.address });
        await refuses(call, "TruncatedCheckpoints", [bytes, length]);
      }
    });

    it("unpacks what was packed: slots ascending, a board's meters together", () => {
      const v = village();
      const later = v.checkpoint({ slot: v.slot + 1, importMwh: 7n });
      const bus = v.checkpoint({ meterId: v.bus, exportMwh: 9n });
      const foreign = v.checkpoint({ meterId: v.foreign });
      assert.deepEqual(unpackCheckpoints(packCheckpoints([later, bus, v.checkpoint(), foreign])), [bus, v.checkpoint(), foreign, later]);
    });

    it("keeps a bus meter's counters of a slot for the settlement, and no other meter's", async () => {
      const v = village();
      await v.commit({ checkpoints: [v.checkpoint(), v.checkpoint({ meterId: v.bus, importMwh: 5n, exportMwh: 6n })] });
      const [own, other] = [...((await v.read(v.ledger, "reportsOf", [1, 2], v.slot)) as Result)].map(BigInt);
      assert.equal(own, (1n << 120n) | (BigInt(v.slot) << 88n) | (5n << 44n) | 6n);
      assert.equal(other, 0n);
      assert.deepEqual([...((await v.read(v.ledger, "reportsOf", [1, 7], v.slot + 1)) as Result)], [0n, 0n]);
    });

    it("forgets a node's counters of a slot when it reports the 1024th after it", async () => {
      const v = village();
      const reports = async (slot: number): Promise<boolean> => BigInt(((await v.read(v.ledger, "reportsOf", [1], slot)) as Result)[0]) !== 0n;
      const bus = v.checkpoint({ meterId: v.bus });
      await v.commit({ checkpoints: [bus, { ...bus, slot: v.slot + 1 }] });
      await v.commit({ number: 2, checkpoints: [{ ...bus, slot: v.slot + 1024 }] });
      assert.deepEqual([await reports(v.slot), await reports(v.slot + 1), await reports(v.slot + 1024)], [false, true, true]);
    });

    it("counts a node's slot on the bus once, also when its meter was replaced in between", async () => {
      const v = village();
      await v.commit({ checkpoints: [v.checkpoint({ meterId: v.bus })] });
      const other = meterIdOf("aabbccddee03", 0);
      await v.send(v.community, v.registry, "replaceMeter", [v.bus, other, RATED_POWER_W]);
      const baseline = v.checkpoint({ meterId: other, importMwh: 77n });
      await v.refusesCommit({ number: 2, checkpoints: [baseline] }, "SlotNotAfter", [other, v.slot, v.slot]);
      await v.refusesCommit({ number: 2, checkpoints: [v.checkpoint({ meterId: v.bus, slot: v.slot + 1 })] }, "RetiredMeter", [v.bus]);
      await v.commit({ number: 2, checkpoints: [{ ...baseline, slot: v.slot + 1 }] });
    });

    it("takes up a change in the registry at once", async () => {
      const v = village();
      await v.commit({ checkpoints: [v.checkpoint()] });
      await v.send(v.community, v.registry, "replaceMeter", [v.battery, v.battery, 1]);
      await v.commit({ number: 2, checkpoints: [v.checkpoint({ slot: v.slot + 1, importMwh: 1_000_000n })] });
      const above = [v.checkpoint({ slot: v.slot + 2, importMwh: 1_000_004n })];
      // 1 W × 10 s × 1.05 is 2.9 mWh, and 1 mWh.
      await v.refusesCommit({ number: 3, checkpoints: above }, "EnergyAboveRatedPower", [v.battery, v.slot + 2, 4, 3]);
    });

    it("takes several meters and slots in any order of meters", async () => {
      const v = village();
      const bus = v.checkpoint({ meterId: v.bus });
      await v.commit({
        checkpoints: [
          v.checkpoint({ importMwh: 1n }),
          { ...bus, exportMwh: 100n },
          v.checkpoint({ slot: v.slot + 1, importMwh: 2n }),
          v.checkpoint({ slot: v.slot + 3, importMwh: 3n }),
          { ...bus, slot: v.slot + 1, exportMwh: 101n },
        ],
      });
      assert.deepEqual(await stateOf(v.battery), [3n, BigInt(v.slot + 3), 3n, 0n]);
      assert.deepEqual(await stateOf(v.bus), [4n, BigInt(v.slot + 1), 0n, 101n]);
    });

    it("refuses a slot again and one before the last, across batches and within one", async () => {
      const v = village();
      await v.commit({ checkpoints: [v.checkpoint()] });
      for (const slot of [v.slot, v.slot - 1]) {
        await v.refusesCommit({ number: 2, checkpoints: [v.checkpoint({ slot })] }, "SlotNotAfter", [v.battery, v.slot, slot]);
      }
      const twice = [v.checkpoint({ slot: v.slot + 2 }), v.checkpoint({ meterId: v.bus }), v.checkpoint({ slot: v.slot + 2 })];
      await v.refusesCommit({ number: 2, checkpoints: twice }, "SlotNotAfter", [v.battery, v.slot + 2, v.slot + 2]);
    });

    it("refuses a slot that has not ended, to the second", async () => {
      const v = village();
      const head = await v.provider.getBlock("latest");
      assert.ok(head);
      const slot = Math.ceil(head.timestamp / SLOT_SECONDS) + 10;
      const endsAt = (slot + 1) * SLOT_SECONDS;
      const batch = { checkpoints: [v.checkpoint({ slot })] };
      await v.mineAt(endsAt - 1);
      await v.refusesCommit(batch, "SlotNotEnded", [slot, endsAt, endsAt - 1]);
      await v.mineAt(endsAt);
      await v.commit(batch);
    });

    it("refuses the last slot there is rather than count it wrong", async () => {
      const v = village();
      await v.refusesCommit({ checkpoints: [v.checkpoint({ slot: 2 ** 32 - 1 })] }, "SlotNotEnded");
    });

    it("refuses counters that run backwards, and takes ones that stand", async () => {
      const v = village();
      await v.commit({ checkpoints: [v.checkpoint({ importMwh: 50n, exportMwh: 60n })] });
      const next = { slot: v.slot + 1, importMwh: 50n, exportMwh: 60n };
      for (const change of [{ importMwh: 49n }, { exportMwh: 59n }]) {
        const checkpoints = [v.checkpoint({ ...next, ...change })];
        await v.refusesCommit({ number: 2, checkpoints }, "CounterBackwards", [v.battery, v.slot + 1]);
      }
      await v.commit({ number: 2, checkpoints: [v.checkpoint(next)] });
    });

    it("bounds import and export each by rated power × time, to the milliwatt-hour", async () => {
      const v = village();
      await v.commit({ checkpoints: [v.checkpoint({ importMwh: 1000n, exportMwh: 2000n })] });
      const slot = v.slot + 1;
      const edge = { slot, importMwh: 1000n + SLOT_LIMIT_MWH, exportMwh: 2000n + SLOT_LIMIT_MWH };
      for (const change of [{ importMwh: edge.importMwh + 1n }, { exportMwh: edge.exportMwh + 1n }]) {
        const checkpoints = [v.checkpoint({ ...edge, ...change })];
        await v.refusesCommit({ number: 2, checkpoints }, "EnergyAboveRatedPower", [v.battery, slot, SLOT_LIMIT_MWH + 1n, SLOT_LIMIT_MWH]);
      }
      await v.commit({ number: 2, checkpoints: [v.checkpoint(edge)] });
    });

    it("lets the bound grow with the slots since the last checkpoint", async () => {
      const v = village();
      await v.commit({ checkpoints: [v.checkpoint()] });
      // 100 W × 8640 slots × 10 s × 1.05 = 2,520 Wh, and 1 mWh.
      const slot = v.slot + 8640;
      const refused = v.checkpoint({ slot, importMwh: 2_520_002n });
      await v.refusesCommit({ number: 2, checkpoints: [refused] }, "EnergyAboveRatedPower", [v.battery, slot, 2_520_002n, 2_520_001n]);
      await v.commit({ number: 2, checkpoints: [{ ...refused, importMwh: 2_520_001n }] });
    });

    it("refuses another node's meter and one that nobody admitted", async () => {
      const v = village();
      for (const meterId of [v.foreign, meterIdOf("aabbccddee09", 0), ZeroHash]) {
        await v.refusesCommit({ checkpoints: [v.checkpoint({ meterId })] }, "ForeignMeter", [meterId, 1]);
      }
    });

    it("refuses a retired meter", async () => {
      const v = village();
      await v.send(v.community, v.registry, "retireMeter", [v.battery]);
      await v.refusesCommit({ checkpoints: [v.checkpoint()] }, "RetiredMeter", [v.battery]);
    });

    it("begins with a new baseline when a meter is admitted again, but never takes a slot twice", async () => {
      const v = village();
      await v.commit({ checkpoints: [v.checkpoint({ importMwh: 1000n })] });
      await v.send(v.community, v.registry, "retireMeter", [v.battery]);
      await v.send(v.community, v.registry, "admitMeter", [2, v.battery, 2, RATED_POWER_W]);
      await v.refusesCommit({ checkpoints: [v.checkpoint()] }, "SlotNotAfter", [v.battery, v.slot, v.slot], v.otherGateway);
      await v.commit({ checkpoints: [v.checkpoint({ slot: v.slot + 1, importMwh: 3n })] }, v.otherGateway);
      assert.deepEqual(await stateOf(v.battery), [7n, BigInt(v.slot + 1), 3n, 0n]);
      const above = v.checkpoint({ slot: v.slot + 2, importMwh: 4n + SLOT_LIMIT_MWH });
      await v.refusesCommit({ number: 2, checkpoints: [above] }, "EnergyAboveRatedPower", undefined, v.otherGateway);
    });
  });

  describe("pause", () => {
    it("is for the registry's guardian only", async () => {
      const v = village();
      const refusal = ["AccessControlUnauthorizedAccount", [v.gateway.address, id("GUARDIAN_ROLE")]] as const;
      for (const name of ["pause", "unpause"]) await v.refuses(v.gateway, v.ledger, name, [], refusal[0], [...refusal[1]]);
      await v.send(v.community, v.registry, "grantRole", [id("GUARDIAN_ROLE"), wallet("stranger").address]);
      await v.send(v.stranger, v.ledger, "pause", []);
    });

    it("stops commits until it ends, and what was read before can be read", async () => {
      const v = village();
      await v.commit({});
      await v.send(v.community, v.ledger, "pause", []);
      await v.refusesCommit({ number: 2 }, "EnforcedPause", []);
      assert.equal(await v.read(v.ledger, "batchRoot", 1, 1), id("root"));
      await v.refuses(v.community, v.ledger, "pause", [], "EnforcedPause", []);
      await v.send(v.community, v.ledger, "unpause", []);
      await v.refuses(v.community, v.ledger, "unpause", [], "ExpectedPause", []);
      await v.commit({ number: 2 });
    });

    it("goes on while only the registry is paused", async () => {
      const v = village();
      await v.send(v.community, v.registry, "pause", []);
      await v.commit({});
    });
  });

  it("answers for unknown nodes, batches and meters with nothing", async () => {
    const v = village();
    assert.equal(await v.read(v.ledger, "nextBatch", 99), 1n);
    assert.equal(await v.read(v.ledger, "batchRoot", 99, 1), ZeroHash);
    assert.deepEqual(await stateOf(meterIdOf("aabbccddee09", 0)), [0n, 0n, 0n, 0n]);
  });
});
