import assert from "node:assert/strict";
import fc from "fast-check";
import { Policy, type PolicyInput, type SourceChange } from "#firmware/core/policy.ts";
import { CAUSE, SOURCE, type Source } from "#firmware/wire/records.ts";
import { POLICY } from "./example-settings.ts";

type Role = "consumer" | "producer";
type Situation = Omit<PolicyInput, "nowMs">;

const CALM: Situation = { chargePermille: 500, currentMa: 1000, busMv: 0, staleChannel: -1 };
const TICK_MS = 100;

/** A policy with its clock; each run returns the changes on the way. */
class Bench {
  readonly policy: Policy;
  nowMs = 0;

  constructor(role: Role, settings = POLICY) {
    this.policy = new Policy(role, settings);
  }

  run(forMs: number, situation: Partial<Situation> = {}): SourceChange[] {
    const changes: SourceChange[] = [];
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
          let back: SourceChange | undefined;
          while (!back) [back] = bench.run(TICK_MS);
          lockouts.push(bench.nowMs - from);
          // An over-current event within its limit tells that the lock-out is over.
          assert.deepEqual([back.cause, back.value <= back.limit], [CAUSE.overCurrent, true]);
        }
        assert.deepEqual(lockouts, [30000, 60000, 120000]);
      });

      it("forgives trips after a long time without", () => {
        const bench = started(role);
        bench.run(TICK_MS, { currentMa: 20000 });
        bench.run(30000 + 10000 + 60100);
        bench.run(TICK_MS, { currentMa: 20000 });
        assert.deepEqual(bench.run(29900), []);
        assert.equal(bench.run(200).length, 1);
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

  it("holds its rules for whatever is measured", () => {
    const situations = fc.record({
      chargePermille: fc.option(fc.integer({ min: 0, max: 1000 }), { freq: 20 }),
      currentMa: fc.oneof({ weight: 20, arbitrary: fc.integer({ min: 0, max: 10000 }) }, { weight: 1, arbitrary: fc.constantFrom(10001, NaN) }),
      busMv: fc.oneof(fc.integer({ min: 0, max: 15000 }), fc.constantFrom(0, 12000)),
      staleChannel: fc.oneof({ weight: 20, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 4 }) }),
    });
    const course = fc.array(fc.tuple(situations, fc.integer({ min: 1, max: 120 })), { maxLength: 40 });
    fc.assert(
      fc.property(fc.constantFrom<Role>("consumer", "producer"), course, (role, steps) => {
        const policy = new Policy(role, POLICY);
        const openSince = [0, 0];
        let nowMs = 0;
        let since = 0;
        for (const [situation, ticks] of steps) {
          for (let i = 0; i < ticks; i++) {
            nowMs += TICK_MS;
            const before: Source = policy.source;
            const relaysBefore = policy.relays;
            const change = policy.step({ ...situation, nowMs });
            const danger = !(situation.currentMa <= POLICY.tripMa) || situation.staleChannel >= 0;
            // Danger: all open in this very turn.
            if (danger) assert.equal(policy.relays, 0);
            // A consumer's two sources never meet, not even for the time that a contact takes to open.
            if (role === "consumer") assert.notEqual(policy.relays & 3, 3);
            for (const bit of [0, 1]) {
              const other = 1 - bit;
              const closes = ((policy.relays & ~relaysBefore) >> bit) & 1;
              if (closes && role === "consumer") assert.ok(nowMs - (openSince[other] ?? 0) >= POLICY.deadTimeMs);
              if ((policy.relays >> bit) & 1) openSince[bit] = nowMs;
              else if ((relaysBefore >> bit) & 1) openSince[bit] = nowMs;
            }
            assert.equal(change !== null, policy.source !== before);
            if (change && !danger && before !== SOURCE.bus) {
              assert.ok(nowMs - since >= (before === SOURCE.off ? POLICY.minOffMs : POLICY.minOnMs));
            }
            if (change) since = nowMs;
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
