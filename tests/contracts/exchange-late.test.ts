import assert from "node:assert/strict";
import { meterIdOf } from "#contracts/meter-id.ts";
import { BUS_POWER_W, useMarket } from "./market.ts";
import { TERMS } from "./village.ts";

const COINS = 1_000_000_000n;

describe("EnergyExchange: meters that are late, missed slots, or were replaced", function () {
  const market = useMarket(3);

  it("settles a late slot with the pool when it arrives", async () => {
    const m = market();
    await m.ask(0, 100_000);
    await m.bid(1, 200_000);
    await m.run([0, 0, 0]);
    const slot = await m.nextSlot();
    await m.meter(slot, [-1000, null, 0]);
    await m.end(slot, TERMS.graceSeconds);
    await m.act(2, "fundPool", 1000n);
    await m.clear(slot);
    assert.equal((await m.account(0)).balance, COINS + 50n, "the pool bought what nobody was known to draw");
    const late = m.home(1);
    late.importMwh += 900n;
    await m.report(late, slot);
    const receipt = await m.village.send(m.village.stranger, m.exchange, "settleLate", [late.node, slot]);
    assert.deepEqual(m.event(receipt, "LateSettled").args.toArray(), [BigInt(late.node), BigInt(slot), 900n, 0n, -270n]);
    assert.equal((await m.account(1)).balance, COINS - 270n);
    await m.assertConserved();
    // It is in time again.
    assert.deepEqual((await m.run([-1000, 1000, 0])).trades, [{ buyer: 1, seller: 0, energyMwh: 1000, price: 100_000 }]);
  });

  it("settles many late slots at once, import and export each for itself", async () => {
    const m = market();
    const late = m.home(1);
    const first = await m.nextSlot();
    await m.act(2, "fundPool", 1000n);
    for (let slot = first; slot < first + 3; slot++) {
      await m.meter(slot, [0, null, 0]);
      await m.end(slot, TERMS.graceSeconds);
      await m.clear(slot);
    }
    late.importMwh += 2000n;
    late.exportMwh += 5000n;
    await m.report(late, first + 2);
    await m.village.send(m.village.stranger, m.exchange, "settleLate", [late.node, first + 2]);
    // 5000 × 0.05 − 2000 × 0.30 per kWh: 250 − 600.
    assert.equal((await m.account(1)).balance, COINS - 350n);
    await m.assertConserved();
  });

  it("settles nothing late twice, before its slot is cleared, or that was not reported", async () => {
    const m = market();
    const { stranger } = m.village;
    const late = m.home(1);
    const slot = await m.nextSlot();
    await m.refuses(stranger, "settleLate", [late.node, slot], "NothingLate", [late.node, slot]);
    await m.meter(slot, [0, null, 0]);
    await m.end(slot, TERMS.graceSeconds);
    await m.clear(slot);
    await m.refuses(stranger, "settleLate", [late.node, slot], "NothingLate", [late.node, slot]);
    late.importMwh += 10n;
    await m.report(late, slot);
    await m.village.send(stranger, m.exchange, "settleLate", [late.node, slot]);
    await m.refuses(stranger, "settleLate", [late.node, slot], "NothingLate", [late.node, slot]);
    await m.refuses(stranger, "settleLate", [m.home(0).node, slot], "NothingLate", [m.home(0).node, slot]);
    await m.refuses(stranger, "settleLate", [1, slot], "NothingLate", [1, slot]);
  });

  it("gives what a checkpoint counted in several slots to the pool, in the slot that it came with", async () => {
    const m = market();
    await m.ask(0, 100_000);
    await m.bid(1, 200_000);
    await m.run([0, 0, 0]);
    const missed = await m.nextSlot();
    await m.meter(missed, [0, null, 0]);
    await m.end(missed, TERMS.graceSeconds);
    await m.clear(missed);
    // The next checkpoint is in time, but bridges the missed slot.
    const { members, trades } = await m.run([-600, 1000, 0]);
    assert.deepEqual(trades, []);
    assert.deepEqual(members.map(({ energyMwh, amount }) => [energyMwh, amount]), [[-600, 30n], [0, -300n], [0, 0n]]);
    assert.deepEqual((await m.run([-600, 600, 0])).trades, [{ buyer: 1, seller: 0, energyMwh: 600, price: 100_000 }]);
    await m.assertConserved();
  });

  it("goes on with the account when the meter is replaced: coins, orders, and a new baseline", async () => {
    const m = market();
    const home = m.home(1);
    await m.ask(0, 100_000);
    await m.bid(1, 200_000);
    await m.run([-500, 500, 0]);
    const other = meterIdOf("aabbccffee01", 0);
    await m.village.send(m.village.community, m.village.registry, "replaceMeter", [home.meterId, other, BUS_POWER_W]);
    Object.assign(home, { meterId: other, importMwh: 77_777n, exportMwh: 5n });
    const { members } = await m.run([0, 0, 0]);
    assert.deepEqual(members.map(({ energyMwh, amount }) => [energyMwh, amount]), [[0, 0n], [0, 0n], [0, 0n]]);
    assert.deepEqual((await m.run([-800, 800, 0])).trades, [{ buyer: 1, seller: 0, energyMwh: 800, price: 100_000 }]);
    home.meterId = meterIdOf((0xaabbcc000000 + home.node).toString(16), 1);
  });

  it("goes on when a lost gateway key was replaced", async () => {
    const m = market();
    const home = m.home(1);
    const gateway = m.village.stranger;
    await m.village.send(m.village.community, m.village.registry, "revokeGateway", [home.node]);
    await m.village.send(m.village.community, m.village.registry, "replaceGateway", [home.node, gateway.address]);
    const own = home.gateway;
    home.gateway = gateway;
    const { members } = await m.run([-300, 300, 0]);
    assert.deepEqual(members.map(({ energyMwh }) => energyMwh), [-300, 300, 0]);
    home.gateway = own;
  });
});
