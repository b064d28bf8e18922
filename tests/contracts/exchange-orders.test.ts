import assert from "node:assert/strict";
import { ROLES } from "#contracts/roles.ts";
import { packPreferred } from "#contracts/settlement.ts";
import type { Result } from "ethers";
import { useMarket, type Market } from "./market.ts";
import { SLOT_SECONDS, TERMS } from "./village.ts";

const NEXT_TERMS = { since: 0, importPrice: 400_000, exportPrice: 60_000, lossPermille: 50, lossMwh: 7, graceSeconds: 9 };

describe("EnergyExchange: standing orders and terms", function () {
  const market = useMarket(3);

  const orderAt = async (m: Market, name: "askAt" | "bidAt", place: number, slot: number): Promise<bigint[]> =>
    // The cast: ethers' results are untyped.
    ((await m.village.read(m.exchange, name, m.home(place).node, slot)) as Result).toArray().map(BigInt);
  const slotNow = async (m: Market): Promise<number> => Math.floor(((await m.village.provider.getBlock("latest"))?.timestamp ?? 0) / SLOT_SECONDS);

  it("hold from the next slot to begin on, and are told in events", async () => {
    const m = market();
    const now = await slotNow(m);
    const { node } = m.home(0);
    const asked = await m.act(0, "setAsk", node, 120_000, 900);
    const preferred = packPreferred([m.home(1).node, m.home(2).node]);
    const bid = await m.act(0, "setBid", node, 130_000, preferred);
    assert.deepEqual(m.event(asked, "AskSet").args.toArray(), [BigInt(node), BigInt(now + 1), 120_000n, 900n]);
    assert.deepEqual(m.event(bid, "BidSet").args.toArray(), [BigInt(node), BigInt(now + 1), 130_000n, preferred]);
    assert.deepEqual(await orderAt(m, "askAt", 0, now), [0n, 0n, 0n]);
    assert.deepEqual(await orderAt(m, "askAt", 0, now + 1), [120_000n, 900n, BigInt(now + 1)]);
    assert.deepEqual(await orderAt(m, "bidAt", 0, now), [0n, 0n, 0n]);
    assert.deepEqual(await orderAt(m, "bidAt", 0, now + 1), [130_000n, preferred, BigInt(now + 1)]);
  });

  it("may be set by the node's account and by its gateway, and by nobody else", async () => {
    const m = market();
    const { node, gateway } = m.home(0);
    await m.village.send(gateway, m.exchange, "setAsk", [node, 1, 1]);
    await m.village.send(gateway, m.exchange, "setBid", [node, 1, 0]);
    for (const from of [m.village.stranger, m.village.community, m.home(1).account]) {
      await m.refuses(from, "setAsk", [node, 1, 1], "NotOfNode", [from.address, node]);
      await m.refuses(from, "setBid", [node, 1, 0], "NotOfNode", [from.address, node]);
    }
    await m.village.send(m.village.community, m.village.registry, "retireNode", [node]);
    await m.refuses(m.home(0).account, "setAsk", [node, 1, 1], "NotOfNode", [m.home(0).account.address, node]);
  });

  it("can be corrected before they hold, and once more after; not while an uncleared slot needs an older one", async () => {
    const m = market();
    const { node } = m.home(0);
    const now = await slotNow(m);
    await m.ask(0, 100_000);
    await m.ask(0, 110_000);
    assert.deepEqual((await orderAt(m, "askAt", 0, now + 1))[0], 110_000n);
    assert.deepEqual((await orderAt(m, "askAt", 0, now))[0], 0n);
    await m.end(now + 2);
    await m.refuses(m.home(0).account, "setAsk", [node, 1, 1], "OrderPending", [now]);
    for (let slot = await m.nextSlot(); slot <= now; slot++) {
      await m.meter(slot);
      await m.clear(slot);
    }
    await m.ask(0, 120_000);
    assert.deepEqual((await orderAt(m, "askAt", 0, now + 1))[0], 110_000n);
    assert.deepEqual((await orderAt(m, "askAt", 0, now + 4))[0], 120_000n);
  });

  it("name up to five preferred sellers, each once, without gaps, and not oneself", async () => {
    const m = market();
    const { node, account } = m.home(0);
    await m.act(0, "setBid", node, 1, packPreferred([101, 102, 103, 104, 105]));
    for (const wrong of [[101, 0, 102], [0, 101], [101, 102, 101], [101, node]]) {
      const preferred = packPreferred(wrong);
      await m.refuses(account, "setBid", [node, 1, preferred], "InvalidPreferred", [preferred]);
    }
  });

  it("are listed for buyers, page by page: who sells, at what price, how much", async () => {
    const m = market();
    await m.ask(0, 100_000, 500);
    await m.ask(2, 90_000, 700);
    await m.end(await slotNow(m));
    const page = async (from: number, limit: number): Promise<unknown[]> => {
      // The cast: ethers' results are untyped.
      const [found, total] = (await m.village.read(m.exchange, "sellers", from, limit)) as [Result[], bigint];
      return [found.map((seller) => seller.toArray().map(Number)), Number(total)];
    };
    const [first, , third] = m.homes.map(({ node }) => node);
    assert.deepEqual(await page(0, 10), [[[first, 100_000, 500], [third, 90_000, 700]], 3]);
    assert.deepEqual(await page(0, 2), [[[first, 100_000, 500]], 3]);
    assert.deepEqual(await page(2, 2), [[[third, 90_000, 700]], 3]);
    assert.deepEqual(await page(3, 2), [[], 3]);
  });

  it("terms are the treasurer's, and hold from the next slot on", async () => {
    const m = market();
    const now = await slotNow(m);
    const values = Object.values(NEXT_TERMS);
    await m.refuses(m.village.stranger, "setTerms", [values], "AccessControlUnauthorizedAccount", [m.village.stranger.address, ROLES.treasurer]);
    const set = await m.govern("setTerms", values);
    assert.deepEqual(m.event(set, "TermsSet").args.toArray().map(Number), [now + 1, ...values.slice(1)]);
    const termsAt = async (slot: number): Promise<number[]> => ((await m.village.read(m.exchange, "termsAt", slot)) as Result).toArray().slice(1).map(Number);
    assert.deepEqual(await termsAt(now), Object.values(TERMS).slice(1));
    assert.deepEqual(await termsAt(now + 1), values.slice(1));
    await m.end(now + 1);
    await m.refuses(m.village.community, "setTerms", [values], "OrderPending", [now]);
  });

  it("terms with which one could earn from the pool, or that make no sense, are refused", async () => {
    const m = market();
    for (const wrong of [{ exportPrice: 400_001 }, { lossPermille: 1001 }, { graceSeconds: 7 * 86_400 + 1 }]) {
      await m.refuses(m.village.community, "setTerms", [Object.values({ ...NEXT_TERMS, ...wrong })], "InvalidTerms", []);
    }
  });
});
