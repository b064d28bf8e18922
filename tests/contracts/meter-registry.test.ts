import assert from "node:assert/strict";
import { ZeroAddress, ZeroHash, type Result } from "ethers";
import { meterIdOf } from "#contracts/meter-id.ts";
import { ROLES } from "#contracts/roles.ts";
import { RATED_POWER_W, useVillage, wallet } from "./village.ts";

const { registrar: REGISTRAR, guardian: GUARDIAN } = ROLES;

describe("MeterRegistry", () => {
  const village = useVillage();
  const newKey = wallet("new key").address;
  const account = wallet("account 3").address;

  it("gives the community every role and the deployer none", async () => {
    const v = village();
    const { registry, community } = v;
    for (const role of Object.values(ROLES)) {
      assert.equal(await v.read(registry, "hasRole", role, community.address), true);
      assert.equal(await v.read(registry, "hasRole", role, wallet("deployer").address), false);
    }
  });

  it("numbers nodes from 1 and finds them by their gateway's key", async () => {
    const v = village();
    const { registry, gateway, otherGateway } = v;
    assert.equal(await v.read(registry, "nodeCount"), 2n);
    assert.equal(await v.read(registry, "nodeOf", gateway.address), 1n);
    assert.equal(await v.read(registry, "nodeOf", otherGateway.address), 2n);
    assert.equal(await v.read(registry, "nodeOf", newKey), 0n);
    // The casts here and below: ethers' results are untyped.
    const node = (await v.read(registry, "nodeInfo", 2)) as Result;
    assert.deepEqual(node.toArray(), [wallet("account 2").address, otherGateway.address, true]);
  });

  it("emits what it did, indexed by node, account, key and meter", async () => {
    const v = village();
    const [meterId, otherId] = [meterIdOf("aabbccddee03", 1), meterIdOf("aabbccddee03", 2)];
    const logs = [];
    for (const [name, values] of [
      ["admitNode", [account, newKey]],
      ["replaceGateway", [3, wallet("newer key").address]],
      ["replaceAccount", [3, wallet("newer account").address]],
      ["admitMeter", [3, meterId, 1, 500]],
      ["replaceMeter", [meterId, otherId, 600]],
      ["retireMeter", [otherId]],
      ["revokeGateway", [3]],
      ["retireNode", [3]],
    ] as const) {
      const receipt = await v.send(v.community, v.registry, name, [...values]);
      for (const log of receipt.logs) {
        const { signature, args } = v.registry.interface.parseLog(log) ?? assert.fail();
        logs.push([signature, log.topics.length, ...args]);
      }
    }
    assert.deepEqual(logs, [
      ["NodeAdmitted(uint32,address,address)", 4, 3n, account, newKey],
      ["GatewayReplaced(uint32,address,address)", 4, 3n, newKey, wallet("newer key").address],
      ["AccountReplaced(uint32,address,address)", 4, 3n, account, wallet("newer account").address],
      ["MeterAdmitted(bytes32,uint32,uint8,uint24,uint32)", 3, meterId, 3n, 1n, 500n, 8n],
      ["MeterRetired(bytes32,uint32)", 3, meterId, 3n],
      ["MeterReplaced(bytes32,bytes32,uint32)", 4, meterId, otherId, 3n],
      ["MeterAdmitted(bytes32,uint32,uint8,uint24,uint32)", 3, otherId, 3n, 1n, 600n, 10n],
      ["MeterRetired(bytes32,uint32)", 3, otherId, 3n],
      ["GatewayRevoked(uint32,address)", 3, 3n, wallet("newer key").address],
      ["NodeRetired(uint32)", 2, 3n],
    ]);
  });

  describe("nodes", () => {
    it("refuses a zero account, a zero key and a key in use", async () => {
      const v = village();
      await v.refuses(v.community, v.registry, "admitNode", [ZeroAddress, newKey], "ZeroAddress", []);
      await v.refuses(v.community, v.registry, "admitNode", [account, ZeroAddress], "ZeroAddress", []);
      await v.refuses(v.community, v.registry, "admitNode", [account, v.gateway.address], "GatewayKeyInUse", [v.gateway.address, 1]);
    });

    it("lets a new key report for a node, and frees the old one", async () => {
      const v = village();
      await v.send(v.community, v.registry, "replaceGateway", [1, newKey]);
      assert.equal(await v.read(v.registry, "nodeOf", newKey), 1n);
      assert.equal(await v.read(v.registry, "nodeOf", v.gateway.address), 0n);
      await v.send(v.community, v.registry, "admitNode", [account, v.gateway.address]);
      assert.equal(await v.read(v.registry, "nodeOf", v.gateway.address), 3n);
    });

    it("refuses to replace a key by zero or by one in use, its own included", async () => {
      const v = village();
      await v.refuses(v.community, v.registry, "replaceGateway", [1, ZeroAddress], "ZeroAddress");
      for (const [{ address }, node] of [[v.otherGateway, 2], [v.gateway, 1]] as const) {
        await v.refuses(v.community, v.registry, "replaceGateway", [1, address], "GatewayKeyInUse", [address, node]);
      }
    });

    it("revokes a lost key before there is another one", async () => {
      const v = village();
      await v.send(v.community, v.registry, "revokeGateway", [1]);
      assert.equal(await v.read(v.registry, "nodeOf", v.gateway.address), 0n);
      await v.refuses(v.community, v.registry, "revokeGateway", [1], "GatewayAlreadyRevoked", [1]);
      await v.send(v.community, v.registry, "admitMeter", [1, meterIdOf("aabbccddee03", 0), 0, 1]);
      await v.send(v.community, v.registry, "replaceGateway", [1, newKey]);
      assert.equal(await v.read(v.registry, "nodeOf", newKey), 1n);
    });

    it("lets another account trade for a node", async () => {
      const v = village();
      await v.send(v.community, v.registry, "replaceAccount", [1, account]);
      assert.equal(((await v.read(v.registry, "nodeInfo", 1)) as Result)["account"], account);
      await v.refuses(v.community, v.registry, "replaceAccount", [1, ZeroAddress], "ZeroAddress", []);
      await v.refuses(v.community, v.registry, "replaceAccount", [9, account], "NodeNotActive", [9]);
    });

    it("tells a revision that changes with a node's meters and key, and is no other node's", async () => {
      const v = village();
      const revisionOf = async (key: string): Promise<bigint> => BigInt(((await v.read(v.registry, "reporter", key)) as Result)[1]);
      const [first, second] = [await revisionOf(v.gateway.address), await revisionOf(v.otherGateway.address)];
      assert.notEqual(first, second);
      await v.send(v.community, v.registry, "retireMeter", [v.battery]);
      const afterRetiring = await revisionOf(v.gateway.address);
      assert.ok(afterRetiring > first);
      assert.equal(await revisionOf(v.otherGateway.address), second);
      await v.send(v.community, v.registry, "replaceGateway", [1, newKey]);
      assert.ok((await revisionOf(newKey)) > afterRetiring);
    });

    it("retires a node for good", async () => {
      const v = village();
      await v.send(v.community, v.registry, "retireNode", [1]);
      assert.equal(await v.read(v.registry, "nodeOf", v.gateway.address), 0n);
      for (const [name, values] of [
        ["retireNode", [1]],
        ["replaceGateway", [1, newKey]],
        ["admitMeter", [1, meterIdOf("aabbccddee03", 0), 0, 1]],
      ] as const) {
        await v.refuses(v.community, v.registry, name, [...values], "NodeNotActive", [1]);
      }
    });

    it("knows no node 0 and none above the last", async () => {
      const v = village();
      await v.refuses(v.community, v.registry, "retireNode", [0], "NodeNotActive", [0]);
      await v.refuses(v.community, v.registry, "retireNode", [3], "NodeNotActive", [3]);
    });
  });

  describe("meters", () => {
    it("keeps what was admitted", async () => {
      const v = village();
      const { registry, battery } = v;
      const meter = (await v.read(registry, "meter", battery)) as Result;
      assert.deepEqual(meter.toObject(), { node: 1n, ratedPowerW: BigInt(RATED_POWER_W), admission: 3n, kind: 2n, active: true, epoch: 0n });
    });

    it("refuses a malformed id, a rated power of zero, an unknown kind and a meter twice", async () => {
      const v = village();
      const meterId = meterIdOf("aabbccddee03", 0);
      const malformed = `${meterId.slice(0, -1)}1`;
      await v.refuses(v.community, v.registry, "admitMeter", [1, malformed, 0, 1], "MalformedMeterId", [malformed]);
      await v.refuses(v.community, v.registry, "admitMeter", [1, ZeroHash, 0, 1], "MalformedMeterId", [ZeroHash]);
      await v.refuses(v.community, v.registry, "admitMeter", [1, meterId, 0, 0], "ZeroRatedPower", []);
      await v.refuses(v.community, v.registry, "admitMeter", [2, v.battery, 0, 1], "MeterAlreadyActive", [v.battery, 1]);
      await assert.rejects(v.registry.getFunction("admitMeter").staticCall(1, meterId, 4, 1, { from: v.community.address }));
    });

    it("admits a retired meter again under another node, as its next admission", async () => {
      const v = village();
      await v.send(v.community, v.registry, "retireMeter", [v.battery]);
      await v.refuses(v.community, v.registry, "retireMeter", [v.battery], "MeterNotActive", [v.battery]);
      await v.send(v.community, v.registry, "admitMeter", [2, v.battery, 0, 7]);
      const meter = (await v.read(v.registry, "meter", v.battery)) as Result;
      assert.deepEqual(meter.toObject(), { node: 2n, ratedPowerW: 7n, admission: 7n, kind: 0n, active: true, epoch: 0n });
    });

    it("gives no two admissions the same number", async () => {
      const v = village();
      const numbers = new Set<unknown>();
      for (const meterId of [v.battery, v.bus, v.foreign]) numbers.add(((await v.read(v.registry, "meter", meterId)) as Result)["admission"]);
      assert.equal(numbers.size, 3);
    });

    it("takes one meter on the bus for each node, and another one when that is retired", async () => {
      const v = village();
      const other = meterIdOf("aabbccddee03", 0);
      await v.refuses(v.community, v.registry, "admitMeter", [1, other, 3, 9], "BusMeterAlreadyActive", [1, v.bus]);
      await v.send(v.community, v.registry, "retireMeter", [v.bus]);
      assert.equal(await v.read(v.registry, "busMeterOf", 1), v.bus);
      await v.send(v.community, v.registry, "admitMeter", [1, other, 3, 9]);
      assert.equal(await v.read(v.registry, "busMeterOf", 1), other);
      assert.equal(await v.read(v.registry, "busMeterOf", 2), ZeroHash);
    });

    it("puts another meter in a meter's place: of its node and kind, and on the bus of another epoch", async () => {
      const v = village();
      const other = meterIdOf("aabbccddee03", 0);
      await v.send(v.community, v.registry, "replaceMeter", [v.bus, other, 250]);
      const [old, now] = [(await v.read(v.registry, "meter", v.bus)) as Result, (await v.read(v.registry, "meter", other)) as Result];
      assert.deepEqual([old["active"], old["epoch"]], [false, 1n]);
      assert.deepEqual([now["node"], now["kind"], now["ratedPowerW"], now["active"], now["epoch"]], [1n, 3n, 250n, true, 2n]);
      await v.send(v.community, v.registry, "replaceMeter", [other, other, 260]);
      const again = (await v.read(v.registry, "meter", other)) as Result;
      assert.deepEqual([again["ratedPowerW"], again["active"], again["epoch"]], [260n, true, 3n]);
      assert.ok(again["admission"] > now["admission"]);
    });

    it("refuses to replace a meter that is not admitted, and by one that is", async () => {
      const v = village();
      const other = meterIdOf("aabbccddee03", 0);
      await v.refuses(v.community, v.registry, "replaceMeter", [other, v.bus, 9], "MeterNotActive", [other]);
      await v.refuses(v.community, v.registry, "replaceMeter", [v.bus, v.battery, 9], "MeterAlreadyActive", [v.battery, 1]);
      await v.refuses(v.community, v.registry, "replaceMeter", [v.bus, ZeroHash, 9], "MalformedMeterId", [ZeroHash]);
    });

    it("refuses to retire a meter that was never admitted", async () => {
      const v = village();
      const meterId = meterIdOf("aabbccddee03", 0);
      await v.refuses(v.community, v.registry, "retireMeter", [meterId], "MeterNotActive", [meterId]);
    });
  });

  describe("access", () => {
    const changes = [
      ["admitNode", [account, newKey]],
      ["replaceGateway", [1, newKey]],
      ["revokeGateway", [1]],
      ["replaceAccount", [1, account]],
      ["retireNode", [1]],
      ["admitMeter", [1, meterIdOf("aabbccddee03", 0), 0, 1]],
      ["replaceMeter", [meterIdOf("aabbccddee01", 0), meterIdOf("aabbccddee03", 0), 1]],
      ["retireMeter", [meterIdOf("aabbccddee01", 0)]],
    ] as const;

    it("lets only the registrar change anything", async () => {
      const v = village();
      for (const [name, values] of changes) {
        for (const from of [v.stranger, v.gateway]) {
          await v.refuses(from, v.registry, name, [...values], "AccessControlUnauthorizedAccount", [from.address, REGISTRAR]);
        }
      }
    });

    it("lets only the guardian pause and unpause", async () => {
      const v = village();
      await v.refuses(v.stranger, v.registry, "pause", [], "AccessControlUnauthorizedAccount", [v.stranger.address, GUARDIAN]);
      await v.send(v.community, v.registry, "pause", []);
      await v.refuses(v.stranger, v.registry, "unpause", [], "AccessControlUnauthorizedAccount", [v.stranger.address, GUARDIAN]);
    });

    it("changes nothing while paused, and everything again after", async () => {
      const v = village();
      await v.send(v.community, v.registry, "pause", []);
      for (const [name, values] of changes) await v.refuses(v.community, v.registry, name, [...values], "EnforcedPause");
      await v.send(v.community, v.registry, "unpause", []);
      await v.send(v.community, v.registry, "admitNode", [account, newKey]);
      assert.equal(await v.read(v.registry, "nodeOf", newKey), 3n);
    });

    it("lets the community hand a role to another account and take it back", async () => {
      const v = village();
      await v.send(v.community, v.registry, "grantRole", [REGISTRAR, v.stranger.address]);
      await v.send(v.stranger, v.registry, "retireMeter", [v.battery]);
      await v.send(v.community, v.registry, "revokeRole", [REGISTRAR, v.stranger.address]);
      await v.refuses(v.stranger, v.registry, "retireMeter", [v.bus], "AccessControlUnauthorizedAccount");
    });
  });
});
