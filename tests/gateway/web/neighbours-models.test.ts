import assert from "node:assert/strict";
import fc from "fast-check";
import type { Settlement } from "#gateway/api/schemas/trade.ts";
import { coins, costOf, exactCoins, meanPrice, parseCoins } from "#gateway/web/app/coins.ts";
import { emptyForm, formOf, orderOf } from "#gateway/web/app/pages/neighbours/order-form.ts";
import { previewOf, together } from "#gateway/web/app/pages/neighbours/preview.ts";
import { dateIn } from "#gateway/web/app/pages/neighbours/range.ts";
import { layOut } from "#gateway/web/app/pages/neighbours/sankey.ts";
import { flowsOf, partnersOf, withSettlement } from "#gateway/web/app/pages/neighbours/trades.ts";

const units = fc.bigInt({ min: 0n, max: 10n ** 30n });
const energy = fc.integer({ min: 0, max: 10_000_000 });
const node = fc.integer({ min: 0, max: 30 });

describe("amounts of coin", () => {
  it("are read back as the same units when written with all places", () => {
    fc.assert(fc.property(units, (amount) => assert.equal(parseCoins(exactCoins(amount)), amount)));
  });

  it("are rounded down to what is shown, and never to nothing", () => {
    assert.deepEqual(["150000000000000000", "0", "1", "12000000000000000000", "1999999999999999999"].map(coins), ["0.15", "0", "<0.000001", "12", "1.999999"]);
  });

  it("take a comma, and nothing that is no amount", () => {
    assert.equal(parseCoins(" 0,15 "), 150_000_000_000_000_000n);
    for (const text of ["", "-1", "1e3", "0x10", "1.2.3", ".5", "1 000", "0.1234567890123456789"]) assert.equal(parseCoins(text), null, text);
  });
});

const trade = fc.record({ seller: node, buyer: node, energyMwh: energy, amount: units.map(String) }).map((one) => ({ ...one, pricePerKwh: "1" }));
const settlements: fc.Arbitrary<Settlement[]> = fc
  .array(fc.array(trade, { maxLength: 12 }), { maxLength: 12 })
  .map((slots) => slots.map((trades, slot) => ({ slot, state: "final", trades, transactionHash: null, blockNumber: null })));

describe("who sold to whom", () => {
  it("adds up to what was settled, each pair once, largest first", () => {
    fc.assert(
      fc.property(settlements, (all) => {
        const flows = flowsOf(all);
        const trades = all.flatMap((one) => one.trades).filter(({ energyMwh }) => energyMwh > 0);
        const total = (list: readonly { energyMwh: number }[]) => list.reduce((sum, { energyMwh }) => sum + energyMwh, 0);
        assert.equal(total(flows), total(trades));
        assert.equal(new Set(flows.map(({ seller, buyer }) => `${seller} ${buyer}`)).size, flows.length);
        for (const [index, flow] of flows.entries()) assert.ok(flow.energyMwh <= (flows[index - 1]?.energyMwh ?? Infinity));
        const bought = partnersOf(flows, 3, "bought");
        assert.equal(total(bought), total(trades.filter(({ buyer }) => buyer === 3)));
      }),
    );
  });

  it("counts a slot once however often it is told, newest first, and leaves earlier ones out", () => {
    const slot = (number: number): Settlement => ({ slot: number, state: "final", trades: [], transactionHash: null, blockNumber: null });
    const shown = [7, 5, 7, 6, 2].reduce<Settlement[]>((all, number) => withSettlement(all, slot(number), 5), []);
    assert.deepEqual(shown.map((one) => one.slot), [7, 6, 5]);
  });

  it("tells a price per kWh that gives the amount again, to the unit that a kWh has", () => {
    assert.equal(meanPrice(costOf(2_500_000, 200n), 2_500_000), 200n);
    assert.equal(meanPrice(5n, 0), null);
  });
});

describe("the picture of who sold to whom", () => {
  const flows = fc.array(fc.record({ seller: node, buyer: node, energyMwh: energy }), { maxLength: 200 });
  const options = { fromX: 100, toX: 260, keep: [3, 0], shown: 7 };
  const total = (all: readonly { energyMwh: number }[]) => all.reduce((sum, one) => sum + one.energyMwh, 0);

  it("shows all energy once, at few enough places for thirty homes", () => {
    fc.assert(
      fc.property(flows, (all) => {
        const { nodes, bands } = layOut(all, options);
        assert.equal(total(bands), total(all));
        for (const side of ["seller", "buyer"] as const) {
          const places = nodes.filter((one) => one.side === side);
          assert.equal(total(places), total(all));
          assert.ok(places.length <= options.shown + options.keep.length + 1, `${places.length} places`);
          const named = new Set(all.filter(({ energyMwh }) => energyMwh > 0).map((one) => one[side]));
          assert.equal(places.reduce((sum, { homes }) => sum + homes, 0), named.size);
        }
      }),
    );
  });

  it("keeps one's own home by itself, and puts no home alone together", () => {
    fc.assert(
      fc.property(flows, (all) => {
        const { nodes } = layOut([...all, { seller: 3, buyer: 5, energyMwh: 1 }], options);
        assert.ok(nodes.some(({ node: one, side }) => one === 3 && side === "seller"));
        assert.ok(nodes.every(({ node: one, homes }) => one !== null || homes > 1));
      }),
    );
  });

  it("lets no place overlap another or leave the picture", () => {
    fc.assert(
      fc.property(flows, (all) => {
        const { nodes, height } = layOut(all, options);
        for (const side of ["seller", "buyer"] as const) {
          let end = 0;
          for (const one of nodes.filter((place) => place.side === side)) {
            assert.ok(one.y >= end - 1e-6);
            end = one.y + one.height;
          }
          assert.ok(end <= height + 1e-6);
        }
      }),
    );
  });

  it("is empty without energy", () => {
    assert.deepEqual(layOut([{ seller: 1, buyer: 2, energyMwh: 0 }], options), { height: 0, nodes: [], bands: [] });
  });
});

describe("what an order would have done", () => {
  const SLOT_MS = 900_000;
  const metered = fc
    .array(fc.record({ importMwh: energy, exportMwh: energy }), { maxLength: 50 })
    .map((list) => list.map((one, index) => ({ ...one, startUtcMs: index * SLOT_MS, endUtcMs: (index + 1) * SLOT_MS })));

  it("covers no more than was metered nor than the limit, and costs just that", () => {
    fc.assert(
      fc.property(metered, energy, fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.constantFrom("ask", "bid"), (list, maxSlotMwh, pricePerKwh, side) => {
        const preview = previewOf({ side, pricePerKwh, maxSlotMwh }, list, SLOT_MS);
        const energies = list.map(({ importMwh, exportMwh }) => (side === "bid" ? importMwh : exportMwh));
        assert.equal(preview.meteredMwh, energies.reduce((sum, one) => sum + one, 0));
        assert.equal(preview.coveredMwh, energies.reduce((sum, one) => sum + Math.min(one, maxSlotMwh), 0));
        assert.equal(preview.amount, energies.reduce((sum, one) => sum + costOf(Math.min(one, maxSlotMwh), pricePerKwh), 0n));
        assert.equal(preview.limitedTimes, energies.filter((one) => one > maxSlotMwh).length);
      }),
    );
  });

  it("shares a slot's limit among steps that are shorter", () => {
    const step = { startUtcMs: 0, endUtcMs: SLOT_MS / 3, importMwh: 500, exportMwh: 0 };
    assert.equal(previewOf({ side: "bid", pricePerKwh: 1n, maxSlotMwh: 900 }, [step], SLOT_MS).coveredMwh, 300);
  });

  it("adds meters up at the same times", () => {
    const at = (startUtcMs: number, importMwh: number) => ({ startUtcMs, endUtcMs: startUtcMs + 1, importMwh, exportMwh: 1 });
    assert.deepEqual(together([[at(0, 1), at(1, 2)], [at(1, 3)]]), [at(0, 1), { ...at(1, 5), exportMwh: 2 }]);
  });
});

describe("an order that is typed", () => {
  it("comes back as it was when it is edited and left alone", () => {
    const order = fc.record({
      orderId: fc.constant("o1"),
      side: fc.constantFrom("ask" as const, "bid" as const),
      pricePerKwh: units.map(String),
      maxSlotMwh: fc.option(fc.integer({ min: 1, max: 1_000_000_000 })),
      state: fc.constant("active" as const),
      reason: fc.constant(null),
      createdUtcMs: fc.constant(0),
      transactionHash: fc.constant(null),
    });
    fc.assert(
      fc.property(order, fc.option(fc.integer({ min: 1, max: 30 })), (one, other) => {
        const preferredNode = one.side === "bid" ? other : null;
        const { side, pricePerKwh, maxSlotMwh } = one;
        assert.deepEqual(orderOf(formOf({ ...one, preferredNode })), { order: { side, pricePerKwh, maxSlotMwh, preferredNode } });
      }),
    );
  });

  it("names what is wrong, and prefers nobody when it sells", () => {
    assert.deepEqual(orderOf({ ...emptyForm("consumer"), price: "cheap", most: "0" }), { errors: { price: true, most: true } });
    assert.deepEqual(orderOf({ side: "ask", price: "1", most: "0,5", preferred: "4" }), {
      order: { side: "ask", pricePerKwh: "1000000000000000000", maxSlotMwh: 500, preferredNode: null },
    });
  });
});

describe("the date in a time zone", () => {
  it("is that of its clock on the wall", () => {
    const utcMs = Date.UTC(2026, 2, 28, 23, 30);
    assert.deepEqual([dateIn("Europe/Paris", utcMs), dateIn("UTC", utcMs), dateIn("America/Lima", utcMs)], ["2026-03-29", "2026-03-28", "2026-03-28"]);
  });
});
