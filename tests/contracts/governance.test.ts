/** What all four contracts have alike: roles from one registry, pausing, and what OpenZeppelin's access control adds. */
import assert from "node:assert/strict";
import { ROLES } from "#contracts/roles.ts";
import { BUS_LIMIT_MWH, useMarket } from "./market.ts";
import { SLOT_SECONDS } from "./village.ts";

describe("the community's contracts", function () {
  const market = useMarket(1);

  it("are paused and resumed by the guardian, each by itself, and say so", async () => {
    const { village } = market();
    const contracts = [village.coin, village.registry, village.ledger, village.exchange];
    const paused = (): Promise<unknown[]> => Promise.all(contracts.map((contract) => village.read(contract, "paused")));
    for (const contract of contracts) {
      await village.refuses(village.stranger, contract, "pause", [], "AccessControlUnauthorizedAccount", [village.stranger.address, ROLES.guardian]);
      await village.refuses(village.community, contract, "unpause", [], "ExpectedPause", []);
      await village.send(village.community, contract, "pause", []);
      await village.refuses(village.stranger, contract, "unpause", [], "AccessControlUnauthorizedAccount", [village.stranger.address, ROLES.guardian]);
    }
    assert.deepEqual(await paused(), [true, true, true, true]);
    await village.send(village.community, village.ledger, "unpause", []);
    assert.deepEqual(await paused(), [true, true, false, true]);
  });

  it("have their roles in one registry: granted and revoked by its admin, and renounced by who has one", async () => {
    const { village } = market();
    const { registry, community, stranger } = village;
    assert.equal(await village.read(registry, "DEFAULT_ADMIN_ROLE"), ROLES.admin);
    for (const role of Object.values(ROLES)) assert.equal(await village.read(registry, "getRoleAdmin", role), ROLES.admin);
    await village.refuses(stranger, registry, "grantRole", [ROLES.treasurer, stranger.address], "AccessControlUnauthorizedAccount", [stranger.address, ROLES.admin]);
    await village.send(community, registry, "grantRole", [ROLES.treasurer, stranger.address]);
    // At once, in every contract.
    await village.send(stranger, village.coin, "mint", [stranger.address, 5n]);
    await village.refuses(stranger, registry, "renounceRole", [ROLES.treasurer, community.address], "AccessControlBadConfirmation", []);
    await village.send(stranger, registry, "renounceRole", [ROLES.treasurer, stranger.address]);
    await village.refuses(stranger, village.coin, "mint", [stranger.address, 5n], "AccessControlUnauthorizedAccount", [stranger.address, ROLES.treasurer]);
    await village.send(community, registry, "grantRole", [ROLES.guardian, stranger.address]);
    await village.send(community, registry, "revokeRole", [ROLES.guardian, stranger.address]);
    assert.equal(await village.read(registry, "hasRole", ROLES.guardian, stranger.address), false);
    // IAccessControl, and no interface that nobody has.
    assert.deepEqual([await village.read(registry, "supportsInterface", "0x7965db0b"), await village.read(registry, "supportsInterface", "0xffffffff")], [true, false]);
  });

  it("tell their limits", async () => {
    const { village } = market();
    assert.deepEqual([await village.read(village.ledger, "MAX_CHECKPOINTS"), await village.read(village.ledger, "HISTORY_SLOTS")], [256n, 1024n]);
    const head = await village.provider.getBlock("latest");
    const now = BigInt(Math.floor((head?.timestamp ?? 0) / SLOT_SECONDS));
    const { node, meterId } = market().home(0);
    const busLimit = async (of: number): Promise<bigint[]> => [...((await village.read(village.ledger, "busLimit", of)) as (bigint | boolean)[])].map(BigInt);
    assert.deepEqual(await busLimit(node), [BUS_LIMIT_MWH, now, 1n]);
    assert.deepEqual(await busLimit(99), [0n, 0n, 0n]);
    // One that no longer reports can bring nothing after its newest checkpoint.
    await village.send(village.community, village.registry, "retireMeter", [meterId]);
    const { settledSlot } = await market().account(0);
    assert.deepEqual(await busLimit(node), [BUS_LIMIT_MWH, settledSlot, 0n]);
  });
});
