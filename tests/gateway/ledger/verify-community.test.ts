/**
 * A whole community verified from its chain's events: one that traded, disputed, was late and short of coins comes out without a difference;
 * whatever is bent afterwards is named.
 */
import assert from "node:assert/strict";
import { AbiCoder, Log, concat, dataSlice, keccak256, toBeHex, type LogParams } from "ethers";
import { connectChain } from "#chain/provider.ts";
import { useMarket, type Market } from "#tests/contracts/market.ts";
import { CHAIN_ID } from "#tests/contracts/village.ts";
import { verifyCommunity, type CommunityVerification } from "#gateway/ledger/verify-community/verify-community.ts";
import { communityOf, playStory } from "./community-story.ts";

describe("a community, verified from its chain's events", function () {
  const market = useMarket(4);

  async function verify(m: Market, provider = m.village.provider): Promise<CommunityVerification> {
    return verifyCommunity({ provider, deployment: await communityOf(m), homes: [] });
  }

  /** Verifies by a node that tells other events than there are. */
  async function verifyThrough(m: Market, bend: (logs: Log[]) => Log[]): Promise<CommunityVerification> {
    const provider = connectChain(m.village.anvil.rpcUrl, CHAIN_ID);
    const honest = provider.getLogs.bind(provider);
    provider.getLogs = async (filter) => bend(await honest(filter));
    try {
      return await verify(m, provider);
    } finally {
      provider.destroy();
    }
  }

  const told = ({ differences }: CommunityVerification): string[] => differences.map(({ subject, what, expected, actual }) => `${subject}, ${what}: ${actual} for ${expected}`);

  it("holds for all that a community does: trades, credit, disputes, late meters, a pool that is short, terms that change, members that leave", async () => {
    const m = market();
    await playStory(m);
    const result = await verify(m);
    assert.deepEqual(told(result), []);
    assert.equal(result.differenceCount, 0);
    assert.ok(result.slotsCleared >= 12, `${result.slotsCleared} slots`);
    assert.deepEqual([result.openDisputes, result.homes, result.unseenNodes.length], [1, [], 4]);
  });

  it("names the account that validators gave coins to", async () => {
    const m = market();
    await m.run([-1000, 1000, 0, 0]);
    const { node } = m.home(2);
    const address = await m.exchange.getAddress();
    const { balance } = await m.account(2);
    for (let place = 0; (await m.account(2)).balance === balance; place++) {
      const at = keccak256(AbiCoder.defaultAbiCoder().encode(["uint256", "uint256"], [node, place]));
      const word = BigInt(await m.village.provider.getStorage(address, at));
      if (BigInt.asIntN(64, word) === balance) await m.village.provider.send("anvil_setStorageAt", [address, at, toBeHex(word + 777n, 32)]);
      assert.ok(place < 50, "accounts are in a mapping of the first slots");
    }
    assert.deepEqual(told(await verify(m)), [`account of node ${node}, balance: ${balance + 777n} for ${balance}`]);
  });

  it("names the slot whose prices, energies or amounts a node tells differently", async () => {
    const m = market();
    await m.ask(0, 100_000);
    await m.bid(1, 200_000);
    await m.run([0, 0, 0, 0]);
    const { slot } = await m.run([-1000, 1000, 0, 0]);
    const bend = (part: 0 | 1, at: number): Promise<CommunityVerification> => verifyThrough(m, (logs) => logs.map(bentClearing(m, slot, part, at)));
    // A trade: places (4 bytes), energy (6), price (4). A member: node (4), energy (8), amount (8).
    assert.deepEqual(told(await bend(1, 13)).map((text) => text.split(":")[0]), [`slot ${slot}, trade 1`]);
    assert.deepEqual(told(await bend(1, 9)).map((text) => text.split(":")[0]), [`slot ${slot}, trade 1`]);
    assert.deepEqual(told(await bend(0, 11)).map((text) => text.split(":")[0]), [`slot ${slot}, member 1`]);
    assert.match(told(await bend(0, 39))[0] ?? "", new RegExp(`^slot ${slot}, member 2: node \\d+: 1000 mWh, -99 for node \\d+: 1000 mWh, -100$`));
  });

  it("names a batch that a node leaves out, and what no longer follows without it", async () => {
    const m = market();
    const { slot } = await m.run([-1000, 1000, 0, 0]);
    const leaveOut = (logs: Log[]): Log[] => {
      const commits = logs.filter(({ address }) => address === m.village.ledger.target);
      return logs.filter((log) => log !== commits.at(-1));
    };
    const names = told(await verifyThrough(m, leaveOut));
    assert.ok(names.some((text) => text.startsWith(`slot ${slot}, `)), names.join("\n"));
    assert.ok(names.some((text) => text.includes("number of its next batch")), names.join("\n"));
  });

  it("names contracts that are not those that were deployed, and another chain", async () => {
    const m = market();
    const deployment = await communityOf(m);
    const { exchange } = m.village;
    const code = await m.village.provider.getCode(await exchange.getAddress());
    await m.village.provider.send("anvil_setCode", [await exchange.getAddress(), `${code}00`]);
    const result = await verifyCommunity({ provider: m.village.provider, deployment: { ...deployment, genesisHash: `0x${"ab".repeat(32)}` }, homes: [] });
    assert.deepEqual(result.differences.map(({ subject, what }) => `${subject}, ${what}`), ["the chain, block 0", `the chain, code of energyExchange at ${await exchange.getAddress()}`]);
  });
});

/** Changes one byte of a slot's clearing: in its members (0) or trades (1). */
function bentClearing({ village: { exchange } }: Market, slot: number, part: 0 | 1, at: number): (log: Log) => Log {
  return (log) => {
    const event = log.address === exchange.target ? exchange.interface.parseLog(log) : null;
    if (event?.name !== "SlotCleared" || Number(event.args["slot"]) !== slot) return log;
    const parts = [String(event.args["members"]), String(event.args["trades"])];
    const bytes = parts[part] ?? "0x";
    parts[part] = concat([dataSlice(bytes, 0, at), toBeHex(Number(dataSlice(bytes, at, at + 1)) ^ 1, 1), dataSlice(bytes, at + 1)]);
    const data = AbiCoder.defaultAbiCoder().encode(["bytes", "bytes"], parts);
    // The cast: what a log was made from, but for its data.
    return new Log({ ...(log.toJSON() as LogParams), index: log.index, data }, log.provider);
  };
}
