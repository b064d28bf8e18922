import assert from "node:assert/strict";
import { Policy, type PolicyEvent, type PolicyInput } from "#firmware/core/policy.ts";
import { defaultWiring, type Role } from "#firmware/core/wiring.ts";
import { CAUSE, SOURCE } from "#firmware/wire/records.ts";
import { POLICY } from "./example-settings.ts";

type Situation = Omit<PolicyInput, "nowMs">;

const CALM: Situation = { chargePermille: 500, currentMa: 1000, busMv: 0, staleChannel: -1 };
const TICK_MS = 100;

/** A policy with its clock; each run returns the changes on the way. */
class Bench {
  readonly policy: Policy;
  nowMs = 0;

  constructor(role: Role, settings = POLICY) {
    this.policy = new Policy({ role, settings, wiring: defaultWiring(role), relays: 2, controlMs: TICK_MS });
  }

  run(forMs: number, situation: Partial<Situation> = {}): PolicyEvent[] {
    const changes: PolicyEvent[] = [];
    for (const end = this.nowMs + forMs; this.nowMs < end; ) {
      this.nowMs += TICK_MS;
      const change = this.policy.step({ ...CALM, ...situation, nowMs: this.nowMs });
      if (change) changes.push(change);
    }
    return changes;
  }

  relays(): number {
    return this.policy.relays;
  }
}

function started(role: Role, situation: Partial<Situation> = {}): Bench {
  const bench = new Bench(role);
  bench.run(10000, situation);
  return bench;
}

describe("policy", () => {
  it("starts with all relays open and stays so for the shortest time off", () => {
    const bench = new Bench("consumer");
    assert.equal(bench.relays(), 0);
    assert.deepEqual(bench.run(POLICY.minOffMs - TICK_MS), []);
    assert.deepEqual([bench.relays(), bench.run(TICK_MS)[0]?.source, bench.relays()], [0, SOURCE.own, 1]);
  });

  it("closes nothing before there is a measurement", () => {
    const bench = new Bench("producer");
    assert.deepEqual(bench.run(60000, { chargePermille: null }), []);
    assert.equal(bench.relays(), 0);
  });

  describe("of a consumer", () => {
    it("moves the load to a live bus at the low limit, and back at the high one", () => {
      const bench = started("consumer");
      assert.deepEqual(bench.run(10000, { chargePermille: 301, busMv: 12000 }), []);
      const low = { source: SOURCE.bus, cause: CAUSE.batteryLow, value: 300, limit: 300 };
      assert.deepEqual(bench.run(10000, { chargePermille: 300, busMv: 12000 }), [low]);
      assert.equal(bench.relays(), 2);
      assert.deepEqual(bench.run(10000, { chargePermille: 599, busMv: 12000 }), []);
      const high = { source: SOURCE.own, cause: CAUSE.batteryRecovered, value: 600, limit: 600 };
      assert.deepEqual(bench.run(10000, { chargePermille: 600, busMv: 12000 }), [high]);
      assert.equal(bench.relays(), 1);
    });

    it("opens one contact, waits the dead time and only then closes the other", () => {
      const bench = started("consumer", { busMv: 12000 });
      assert.equal(bench.relays(), 1);
      const seen: number[] = [];
      while (bench.relays() !== 2) {
        bench.run(TICK_MS, { chargePermille: 200, busMv: 12000 });
        seen.push(bench.relays());
      }
      assert.deepEqual(seen, [...Array.from({ length: POLICY.deadTimeMs / TICK_MS }, () => 0), 2]);
    });

    it("stays with its battery on a dead bus until the reserve, then opens", () => {
      const bench = started("consumer");
      assert.deepEqual(bench.run(10000, { chargePermille: 101 }), []);
      const off = { source: SOURCE.off, cause: CAUSE.batteryLow, value: 100, limit: 100 };
      assert.deepEqual(bench.run(10000, { chargePermille: 100 }), [off]);
      assert.deepEqual(bench.run(10000, { chargePermille: 300 }), []);
      const recovered = { source: SOURCE.own, cause: CAUSE.batteryRecovered, value: 301, limit: 300 };
      assert.deepEqual(bench.run(10000, { chargePermille: 301 }), [recovered]);
    });

    it("takes up a bus that comes alive while it has nothing", () => {
      const bench = started("consumer");
      bench.run(10000, { chargePermille: 50 });
      const live = { source: SOURCE.bus, cause: CAUSE.busLive, value: 12000, limit: 9000 };
      assert.deepEqual(bench.run(10000, { chargePermille: 50, busMv: 12000 }), [live]);
    });

    it("leaves a bus that died without waiting for the shortest time on", () => {
      const bench = started("consumer", { busMv: 12000 });
      bench.run(1000, { chargePermille: 200, busMv: 12000 });
      assert.equal(bench.policy.source, SOURCE.bus);
      const dead = { source: SOURCE.own, cause: CAUSE.busDead, value: 3000, limit: 9000 };
      assert.deepEqual(bench.run(1000, { chargePermille: 200, busMv: 3000 }), [dead]);
    });

    it("opens when the bus dies below the reserve", () => {
      const bench = started("consumer", { chargePermille: 90, busMv: 12000 });
      assert.deepEqual(
        bench.run(1000, { chargePermille: 90, busMv: 0 }).map(({ source, cause }) => [source, cause]),
        [[SOURCE.off, CAUSE.busDead]],
      );
    });

    it("does not take a dip of the bus for its death", () => {
      const bench = started("consumer", { chargePermille: 200, busMv: 12000 });
      assert.deepEqual(bench.run(400, { chargePermille: 200, busMv: 0 }), []);
      assert.deepEqual(bench.run(10000, { chargePermille: 200, busMv: 8200 }), []);
    });

    it("keeps a source for the shortest time on", () => {
      const bench = new Bench("consumer");
      bench.run(POLICY.minOffMs, { busMv: 12000 });
      assert.equal(bench.policy.source, SOURCE.own);
      assert.deepEqual(bench.run(POLICY.minOnMs - TICK_MS, { chargePermille: 200, busMv: 12000 }), []);
      assert.equal(bench.run(TICK_MS, { chargePermille: 200, busMv: 12000 })[0]?.source, SOURCE.bus);
    });
  });

  describe("of a producer", () => {
    it("keeps its own load on, gives at the upper limit and stops at the reserve", () => {
      const bench = started("producer");
      assert.equal(bench.relays(), 1);
      assert.deepEqual(bench.run(10000, { chargePermille: 699 }), []);
      const gives = { source: SOURCE.give, cause: CAUSE.reserveRecovered, value: 700, limit: 700 };
      assert.deepEqual(bench.run(10000, { chargePermille: 700 }), [gives]);
      assert.equal(bench.relays(), 3);
      assert.deepEqual(bench.run(10000, { chargePermille: 101 }), []);
      const keeps = { source: SOURCE.keep, cause: CAUSE.reserveReached, value: 100, limit: 100 };
      assert.deepEqual(bench.run(10000, { chargePermille: 100 }), [keeps]);
      assert.equal(bench.relays(), 1);
    });

    it("never drops its own load while it starts or stops giving", () => {
      const bench = started("producer");
      for (const chargePermille of [700, 100, 700]) {
        for (let i = 0; i < 100; i++) {
          bench.run(TICK_MS, { chargePermille });
          assert.equal(bench.relays() & 1, 1);
        }
      }
    });
  });

  for (const role of ["consumer", "producer"] as const) {
    describe(`of a ${role}, in danger`, () => {
      it("opens everything in the very turn of an over-current, and locks out longer each time", () => {
        const bench = started(role);
        const lockouts: number[] = [];
        for (let i = 0; i < 3; i++) {
          const trip = { source: SOURCE.off, cause: CAUSE.overCurrent, value: 10001, limit: 10000 };
          assert.deepEqual(bench.run(TICK_MS, { currentMa: 10001 }), [trip]);
          assert.equal(bench.relays(), 0);
          const from = bench.nowMs;
          let over: PolicyEvent | undefined;
          while (!over) [over] = bench.run(TICK_MS);
          lockouts.push(bench.nowMs - from);
          assert.deepEqual(over, { source: SOURCE.off, cause: CAUSE.lockoutOver, value: CALM.currentMa, limit: POLICY.tripMa });
          assert.notEqual(bench.run(TICK_MS)[0]?.source, SOURCE.off);
        }
        assert.deepEqual(lockouts, [30000, 60000, 120000]);
      });

      it("forgives trips after a long time without", () => {
        const bench = started(role);
        bench.run(TICK_MS, { currentMa: 20000 });
        bench.run(30000 + 10000 + 60100);
        bench.run(TICK_MS, { currentMa: 20000 });
        assert.deepEqual(bench.run(29900), []);
        assert.equal(bench.run(200).length, 2);
      });

      it("takes a current that is no number for an over-current", () => {
        const bench = started(role);
        assert.equal(bench.run(TICK_MS, { currentMa: NaN })[0]?.cause, CAUSE.overCurrent);
        assert.equal(bench.relays(), 0);
      });

      it("opens everything while a sensor is stale, names it, and comes back after the shortest time off", () => {
        const bench = started(role);
        const fault = { source: SOURCE.off, cause: CAUSE.sensorFault, value: 2, limit: 0 };
        assert.deepEqual(bench.run(60000, { staleChannel: 2 }), [fault]);
        assert.equal(bench.relays(), 0);
        assert.deepEqual(bench.run(POLICY.minOffMs - TICK_MS), []);
        assert.deepEqual(
          bench.run(TICK_MS).map(({ cause, value }) => [cause, value]),
          [[CAUSE.sensorRecovered, 2]],
        );
      });
    });
  }

  describe("held by hand", () => {
    it("takes the source that it is told, says so once, and comes back by itself when the time is over", () => {
      const bench = started("consumer", { busMv: 12000 });
      bench.policy.override(SOURCE.bus, 20000, bench.nowMs);
      const held = { source: SOURCE.bus, cause: CAUSE.override, value: 20, limit: 0 };
      assert.deepEqual(bench.run(19900, { busMv: 12000 }), [held]);
      const [over, back] = bench.run(10000, { busMv: 12000, chargePermille: 700 });
      assert.deepEqual(over, { source: SOURCE.bus, cause: CAUSE.overrideOver, value: 0, limit: 0 });
      assert.equal(back?.source, SOURCE.own);
    });

    it("is given back at once by 0 ms", () => {
      const bench = started("producer");
      bench.policy.override(SOURCE.give, 3600000, bench.nowMs);
      bench.run(1000);
      assert.equal(bench.policy.source, SOURCE.give);
      bench.policy.override(SOURCE.give, 0, bench.nowMs);
      assert.equal(bench.run(TICK_MS)[0]?.cause, CAUSE.overrideOver);
    });

    it("keeps the shortest times, dead time and the trip", () => {
      const bench = new Bench("consumer");
      bench.run(POLICY.minOffMs, { busMv: 12000 });
      bench.policy.override(SOURCE.bus, 60000, bench.nowMs);
      assert.deepEqual(bench.run(POLICY.minOnMs - TICK_MS, { busMv: 12000 }), []);
      assert.equal(bench.run(TICK_MS, { busMv: 12000 })[0]?.source, SOURCE.bus);
      assert.equal(bench.relays(), 0);
      bench.run(POLICY.deadTimeMs, { busMv: 12000 });
      assert.equal(bench.relays(), 2);
      assert.equal(bench.run(TICK_MS, { busMv: 12000, currentMa: 20000 })[0]?.cause, CAUSE.overCurrent);
      assert.equal(bench.relays(), 0);
      // It is taken up again after the lock-out, for as long as it was asked for.
      assert.deepEqual(
        bench.run(60000, { busMv: 12000, chargePermille: 400 }).map(({ cause }) => cause),
        [CAUSE.lockoutOver, CAUSE.override, CAUSE.overrideOver],
      );
    });

    it("does not feed from a battery at its reserve or from a dead bus", () => {
      const drained = started("producer", { chargePermille: 100 });
      drained.policy.override(SOURCE.give, 60000, drained.nowMs);
      assert.deepEqual(drained.run(30000, { chargePermille: 100 }), []);
      const dark = started("consumer");
      dark.policy.override(SOURCE.bus, 60000, dark.nowMs);
      assert.deepEqual(dark.run(30000), []);
      assert.equal(dark.policy.source, SOURCE.own);
    });

    it("is refused for a source of the other role", () => {
      for (const source of [SOURCE.keep, SOURCE.give]) assert.throws(() => new Bench("consumer").policy.override(source, 1, 0), /no source/);
      for (const source of [SOURCE.own, SOURCE.bus]) assert.throws(() => new Bench("producer").policy.override(source, 1, 0), /no source/);
    });
  });
});
