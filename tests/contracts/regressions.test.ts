/**
 * Flaws of DAISEE 0.2's contracts (2017) that these must not have, one test each.
 */
import assert from "node:assert/strict";
import { ZeroHash, id, type EventFragment } from "ethers";
import { unpackCheckpoints } from "#contracts/checkpoints.ts";
import { SLOT_LIMIT_MWH, useVillage } from "./village.ts";

describe("What DAISEE 0.2's contracts let happen", () => {
  const village = useVillage();

  it("production was self-declared and unbounded: now nobody counts more than his admitted meter's circuit carries", async () => {
    const v = village();
    await v.commit({ checkpoints: [v.checkpoint()] });
    const million = [v.checkpoint({ slot: v.slot + 1, exportMwh: 1_000_000n })];
    await v.refusesCommit({ number: 2, checkpoints: million }, "EnergyAboveRatedPower", [v.battery, v.slot + 1, 1_000_000, SLOT_LIMIT_MWH]);
  });

  it("production was declared again and again: now a slot counts once, in a batch that counts once", async () => {
    const v = village();
    const batch = { checkpoints: [v.checkpoint({ exportMwh: 5n })] };
    await v.commit(batch);
    await v.refusesCommit(batch, "NotNextBatch");
    await v.refusesCommit({ ...batch, number: 2 }, "SlotNotAfter");
  });

  it("power samples were stored as if they were energy: now they count backwards or exceed what a circuit carries", async () => {
    const v = village();
    await v.commit({ checkpoints: [v.checkpoint({ importMwh: 90_000n })] });
    // 90 W, then 60 W, sent as counters in mW.
    const sample = [v.checkpoint({ slot: v.slot + 1, importMwh: 60_000n })];
    await v.refusesCommit({ number: 2, checkpoints: sample }, "CounterBackwards");
    const rising = [v.checkpoint({ slot: v.slot + 1, importMwh: 95_000n })];
    await v.refusesCommit({ number: 2, checkpoints: rising }, "EnergyAboveRatedPower");
  });

  it("consumption underflowed an allowance: now no subtraction is made before its operands are compared", async () => {
    const v = village();
    await v.commit({ checkpoints: [v.checkpoint({ importMwh: 10n })] });
    await v.refusesCommit({ number: 2, checkpoints: [v.checkpoint({ slot: v.slot + 1, importMwh: 9n })] }, "CounterBackwards");
  });

  it("anybody could take part: now a key that the community did not admit can neither report nor admit", async () => {
    const v = village();
    await v.refusesCommit({}, "UnknownGateway", [v.stranger.address], v.stranger);
    await v.refuses(v.stranger, v.registry, "admitNode", [v.stranger.address, v.stranger.address], "AccessControlUnauthorizedAccount");
  });

  it("anybody could report for anybody: now a gateway reports its own meters only", async () => {
    const v = village();
    await v.refusesCommit({ checkpoints: [v.checkpoint({ meterId: v.foreign })] }, "ForeignMeter", [v.foreign, 1]);
  });

  it("nothing could be stopped: now the guardian pauses commits and admissions, and members and meters can be retired", async () => {
    const v = village();
    await v.send(v.community, v.ledger, "pause", []);
    await v.send(v.community, v.registry, "pause", []);
    await v.refusesCommit({}, "EnforcedPause");
    await v.refuses(v.community, v.registry, "retireNode", [1], "EnforcedPause");
  });

  it("events were not indexed: now a node's batches, and with them its meters' checkpoints, are found without reading all others", async () => {
    const v = village();
    await v.commit({ checkpoints: [v.checkpoint(), v.checkpoint({ meterId: v.bus })] });
    await v.commit({ checkpoints: [v.checkpoint({ meterId: v.foreign })] }, v.otherGateway);
    const batches = await v.ledger.queryFilter(v.ledger.getEvent("BatchCommitted")(1));
    const checkpoints = batches.flatMap((log) => unpackCheckpoints(String(v.ledger.interface.parseLog(log)?.args["checkpoints"])));
    assert.deepEqual(checkpoints.map(({ meterId }) => meterId), [v.battery, v.bus]);
    for (const contract of [v.ledger, v.registry, v.exchange, v.coin]) {
      contract.interface.forEachEvent((event: EventFragment) => {
        // OpenZeppelin's pause events have nothing to look for.
        if (["Paused", "Unpaused", "EIP712DomainChanged"].includes(event.name)) return;
        assert.ok(event.inputs.some((input) => input.indexed === true), event.name);
      });
    }
  });

  it("logging every sample was dear: now a hundred readings cost less gas than three did", async () => {
    const v = village();
    await v.commit({});
    const { gasUsed } = await v.commit({ number: 2, root: id("hundred"), readingCount: 100 });
    // 0.2 spent 28,168 gas on each sample.
    assert.ok(gasUsed < 3n * 28_168n, `${gasUsed} gas`);
    assert.notEqual(await v.read(v.ledger, "batchRoot", 1, 2), ZeroHash);
  });
});
