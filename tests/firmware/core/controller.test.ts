import assert from "node:assert/strict";
import { hallBoard } from "#firmware/core/board.ts";
import { Controller } from "#firmware/core/controller.ts";
import type { Kept } from "#firmware/core/kept-records.ts";
import { CAUSE, FLAG, SOURCE, type BoardEvent, type BoardRecord, type Checkpoint, type Reading } from "#firmware/wire/records.ts";
import { exampleSettings } from "./example-settings.ts";

const NEW: Kept = { counters: [], chargePermille: null, slot: null };
const raw = (volts: number): number => (volts * 1000) / hallBoard().fullScaleMv;
const hall = (amps: number): number => raw((amps / 50 + 0.5) * 2.5);

class Bench {
  readonly pins: Record<string, number> = { D34: hall(-1), D35: hall(0), D36: raw(12 / 13), D39: raw(2), D33: 0 };
  readonly records: BoardRecord[] = [];
  readonly reports: string[] = [];
  /** What happened in the running turn, in order. */
  readonly order: string[] = [];
  relays = -1;
  failing = false;
  nowMs = 0;
  readonly controller: Controller;

  constructor(change: object = {}, kept = NEW) {
    this.controller = new Controller({
      settings: exampleSettings({ readingMs: 1000, slotMs: 10000, ...change }),
      kept,
      resetCause: 0,
      inputs: {
        sample: (pin, count) => {
          this.order.push("sample");
          const value = this.pins[pin] ?? NaN;
          return { sum: value * count, squares: 0, min: value, max: value, count };
        },
      },
      drive: (relays) => {
        this.order.push("drive");
        this.relays = relays;
      },
      record: (record) => {
        this.order.push("record");
        if (this.failing) throw new Error("flash is worn");
        this.records.push(record);
      },
      report: (text) => this.reports.push(text),
    });
  }

  run(forMs: number): this {
    for (const end = this.nowMs + forMs; this.nowMs < end; ) {
      this.nowMs += 100;
      this.order.length = 0;
      this.controller.tick(this.nowMs, 100);
    }
    return this;
  }

  readings(meter: number): Reading[] {
    return this.records.filter((record): record is Reading => record.kind === "reading" && record.meter === meter);
  }

  events(): BoardEvent[] {
    return this.records.filter((record): record is BoardEvent => record.kind === "event");
  }

  checkpoints(): Checkpoint[] {
    return this.records.filter((record): record is Checkpoint => record.kind === "checkpoint");
  }
}

describe("controller", () => {
  it("records its start, then each change of source with cause, value and limit", () => {
    const bench = new Bench().run(5000);
    bench.pins["D33"] = raw(12 / 13);
    bench.pins["D36"] = raw(11.2 / 13);
    const again = new Bench({}, { ...NEW, chargePermille: 300 });
    Object.assign(again.pins, bench.pins);
    again.run(4000);
    assert.deepEqual(
      bench.events().map(({ cause, source }) => [cause, source]),
      [
        [CAUSE.boot, SOURCE.off],
        [CAUSE.batteryRecovered, SOURCE.own],
      ],
    );
    const last = again.events().at(-1);
    assert.deepEqual([last?.cause, last?.source, last?.limit], [CAUSE.batteryLow, SOURCE.bus, 300]);
    assert.ok((last?.value ?? 999) <= 300);
  });

  it("makes a reading of each meter in each interval, the battery's with its charge", () => {
    const bench = new Bench().run(10000);
    for (const meter of [0, 1]) {
      assert.deepEqual(
        bench.readings(meter).map(({ uptimeMs }) => uptimeMs),
        Array.from({ length: 10 }, (_, i) => (i + 1) * 1000),
      );
    }
    const [battery] = bench.readings(0);
    assert.deepEqual([battery?.currentMa, battery?.voltageMv, battery?.flags], [-1000, 12000, FLAG.resumed]);
    assert.ok((battery?.chargePermille ?? 0) > 500);
    assert.equal(bench.readings(1)[0]?.chargePermille, undefined);
    // 12 W for 10 s are 33.3 mWh.
    assert.equal(bench.readings(0).at(-1)?.exportMwh, 33);
  });

  it("does not shift its readings when a turn is late", () => {
    const bench = new Bench().run(1000);
    bench.nowMs = 2450;
    bench.run(100);
    bench.run(1000);
    assert.deepEqual(
      bench.readings(0).map(({ uptimeMs }) => uptimeMs),
      [1000, 2550, 3050],
    );
  });

  it("puts nothing between sampling and the relays", () => {
    const bench = new Bench().run(1000);
    assert.deepEqual(bench.order.slice(0, 6), ["sample", "sample", "sample", "sample", "sample", "drive"]);
    assert.ok(bench.order.slice(6).every((step) => step === "record"));
  });

  it("opens the relays in the turn that measures an over-current", () => {
    const bench = new Bench().run(4000);
    assert.equal(bench.relays, 1);
    bench.pins["D34"] = hall(-12);
    bench.run(100);
    assert.equal(bench.relays, 0);
    assert.equal(bench.events().at(-1)?.cause, CAUSE.overCurrent);
  });

  it("opens the relays when a sensor stays implausible, and counts no energy meanwhile", () => {
    const bench = new Bench().run(4000);
    const before = bench.readings(0).at(-1)?.exportMwh ?? NaN;
    bench.pins["D36"] = 0;
    bench.run(1000);
    assert.equal(bench.relays, 1);
    bench.run(200);
    assert.deepEqual([bench.relays, bench.events().at(-1)?.cause, bench.events().at(-1)?.value], [0, CAUSE.sensorFault, 2]);
    bench.run(3000);
    const last = bench.readings(0).at(-1);
    assert.deepEqual([last?.flags, last?.exportMwh], [FLAG.suspect, before]);
  });

  it("goes on controlling when records cannot be kept, and says so once", () => {
    const bench = new Bench();
    bench.failing = true;
    bench.run(5000);
    assert.equal(bench.relays, 1);
    assert.equal(bench.reports.filter((text) => text.includes("flash is worn")).length, 1);
  });

  it("cuts checkpoints with the counters that the readings show, and goes on from those before a restart", () => {
    const kept: Kept = { counters: [{ importMwh: 5, exportMwh: 1000 }, { importMwh: 6, exportMwh: 7 }], chargePermille: 600, slot: 41 };
    const bench = new Bench({}, kept);
    bench.controller.slots.learn(42 * 10000 + 5000, 0);
    bench.run(16000);
    const [first, second] = bench.checkpoints();
    assert.deepEqual([first?.slot, first?.flags, first?.uptimeMs], [42, FLAG.resumed, 5000]);
    assert.deepEqual([second?.slot, second?.flags], [43, 0]);
    // 12 W for 15 s are 50 mWh.
    assert.deepEqual(second?.meters, [{ importMwh: 5, exportMwh: 1050 }, { importMwh: 6, exportMwh: 7 }]);
    assert.equal(bench.readings(0)[14]?.exportMwh, 1050);
  });
});
