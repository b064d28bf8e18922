import assert from "node:assert/strict";
import fc from "fast-check";
import { coins, editedCoins, meanPrice, parseCoins } from "#gateway/web/app/coins.ts";
import { emptyForm, formOf, freeSide, MOST_PREFERRED, orderOf, withPreferred } from "#gateway/web/app/pages/neighbours/order-form.ts";
import { dateIn } from "#gateway/web/app/pages/neighbours/range.ts";
import { layOut } from "#gateway/web/app/pages/neighbours/sankey.ts";
import { partnersOf, withCredits } from "#gateway/web/app/pages/neighbours/trades.ts";

const units = fc.bigInt({ min: 0n, max: 10n ** 30n });
const energy = fc.integer({ min: 0, max: 10_000_000 });
const node = fc.integer({ min: 0, max: 30 });

describe("amounts of coin", () => {
  it("are read back as the same units as they are written", () => {
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }), (amount) => assert.equal(parseCoins(editedCoins(amount)), amount)));
  });

  it("are shown to the last unit, with their sign", () => {
    assert.deepEqual(["150000", "0", "1", "1200000000", "-1999999"].map(coins), ["0.15", "0", "0.000001", "1,200", "−1.999999"]);
  });

  it("take a comma, and nothing that is no amount", () => {
    assert.equal(parseCoins(" 0,15 "), 150_000n);
    for (const text of ["", "-1", "1e3", "0x10", "1.2.3", ".5", "1 000", "0.1234567"]) assert.equal(parseCoins(text), null, text);
  });

  it("are a price per kWh to the unit", () => {
    assert.equal(meanPrice(375_000n, 2_500_000), 150_000n);
    assert.equal(meanPrice(5n, 0), null);
  });
});

describe("who sold to this home", () => {
  const flow = fc.record({ seller: node, buyer: node, energyMwh: energy, amount: units.map(String) });

  it("is each flow to it once, and every seller that holds credit of it", () => {
    fc.assert(
      fc.property(fc.array(flow), fc.uniqueArray(fc.integer({ min: 1, max: 30 })), (flows, sellers) => {
        const bought = partnersOf(flows, 3, "bought");
        assert.deepEqual(bought.map(({ energyMwh }) => energyMwh), flows.filter(({ buyer }) => buyer === 3).map(({ energyMwh }) => energyMwh));
        const all = withCredits(bought, sellers.map((seller) => ({ seller, remaining: "5" })));
        for (const seller of sellers) assert.ok(all.some((partner) => partner.node === seller));
        assert.deepEqual(all.slice(0, bought.length), bought);
      }),
    );
    assert.deepEqual(withCredits([], [{ seller: 4, remaining: "0" }]), []);
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

describe("an order that is typed", () => {
  const price = fc.integer({ min: 0, max: 2 ** 32 - 1 }).map(String);
  const bid = fc.record({
    side: fc.constant("bid" as const),
    pricePerKwh: price,
    maxSlotMwh: fc.constant(null),
    preferred: fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: MOST_PREFERRED }),
  });
  const ask = fc.record({
    side: fc.constant("ask" as const),
    pricePerKwh: price,
    maxSlotMwh: fc.option(fc.integer({ min: 1, max: 1_000_000_000 })),
    preferred: fc.constant<number[]>([]),
  });

  it("comes back as it was when it is edited and left alone", () => {
    fc.assert(fc.property(fc.oneof(bid, ask), (order) => assert.deepEqual(orderOf(formOf(order)), { order: { ...order } })));
  });

  it("names what is wrong, and what the exchange would not take is left out", () => {
    assert.deepEqual(orderOf({ ...emptyForm("ask"), price: "cheap", most: "0" }), { errors: { price: true, most: true } });
    assert.deepEqual(orderOf({ ...emptyForm("ask"), price: "4294.967296" }), { errors: { price: true, most: false } });
    const order = { side: "ask", pricePerKwh: "1000000", maxSlotMwh: 500, preferred: [] };
    assert.deepEqual(orderOf({ side: "ask", price: "1", most: "0,5", preferred: [4] }), { order });
    assert.deepEqual(orderOf({ side: "bid", price: "1", most: "0,5", preferred: [4] }), { order: { ...order, side: "bid", maxSlotMwh: null, preferred: [4] } });
  });

  it("is of the side that the home has no order of", () => {
    assert.equal(freeSide("consumer", []), "bid");
    assert.equal(freeSide("producer", []), "ask");
    assert.equal(freeSide("consumer", [{ side: "bid", state: "active" }, { side: "ask", state: "refused" }]), "ask");
    assert.equal(freeSide("consumer", [{ side: "bid", state: "pending" }, { side: "ask", state: "cancelling" }]), null);
  });

  it("prefers each seller once, in the order in which they were chosen", () => {
    const choices = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.option(fc.integer({ min: 1, max: 6 }))), { maxLength: 12 });
    fc.assert(
      fc.property(choices, (all) => {
        let preferred: number[] = [];
        for (const [place, seller] of all) {
          preferred = withPreferred(preferred, Math.min(place, preferred.length), seller);
          assert.equal(new Set(preferred).size, preferred.length);
          if (seller !== null) assert.ok(preferred.includes(seller));
        }
      }),
    );
    assert.deepEqual(withPreferred([3, 5, 7], 1, 9), [3, 9, 7]);
    assert.deepEqual(withPreferred([3, 5, 7], 0, null), [5, 7]);
  });
});

describe("the date in a time zone", () => {
  it("is that of its clock on the wall", () => {
    const utcMs = Date.UTC(2026, 2, 28, 23, 30);
    assert.deepEqual([dateIn("Europe/Paris", utcMs), dateIn("UTC", utcMs), dateIn("America/Lima", utcMs)], ["2026-03-29", "2026-03-28", "2026-03-28"]);
  });
});
