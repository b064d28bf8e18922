/**
 * The firmware's own bundle on the boards that the demo has not: power monitors on I²C, and the mains beside them.
 */
import assert from "node:assert/strict";
import { CAUSE } from "#firmware/wire/records.ts";
import type { BoardRecord, Reading } from "#firmware/wire/records.ts";
import { ownBundle } from "#tests/firmware/build/own-bundle.ts";
import { EXAMPLE } from "#tests/firmware/core/example-settings.ts";
import { Gateway, SECRET } from "#tests/firmware/core/gateway.ts";
import type { I2cDevice } from "#tools/virtual-board/fake/i2c.ts";
import { createIna226, createIna228 } from "#tools/virtual-board/fake/ina.ts";
import { createMemoryStorage } from "#tools/virtual-board/fake/storage.ts";
import { createBench, GATEWAY_ADDRESS } from "./bench.ts";
import type { Bench } from "./bench.ts";

const [K1] = ["D23"];
const SHUNT_OHM = 0.01;
const MAINS_HZ = 49.7;
const BIAS_V = 1.25;
/** A sample of mains takes a good part of a turn, so that its turns are longer. */
const CONTROL_MS = { shunt: 100, clamp: 200 };
/** A chip's conversion, and what a turn takes until it drives the relays, without the 40 ms of a mains cycle. */
const CONVERSION_MS = 36;
const TURN_MS = 10;

let code: string;

/** A board of a kind with an INA226 and an INA228, an ideal converter, and what flows in the test's hands. */
class Home {
  batteryAmps = -2;
  batteryVolts = 12.5;
  /** Root mean squares, and by how much the current lags. */
  mainsAmps = 0;
  lag = 0;
  stuck = false;
  readonly bench: Bench;
  readonly gateway = new Gateway();
  readonly chips = new Map<number, I2cDevice>();

  constructor(board: keyof typeof CONTROL_MS) {
    const settings = { ...EXAMPLE, board, controlMs: CONTROL_MS[board], readingMs: 1000, gateway: { host: GATEWAY_ADDRESS, port: 5683 }, policy: { ...EXAMPLE.policy, tripMa: 6000 } };
    this.bench = createBench(code, {
      storage: createMemoryStorage({ "daisee.json": JSON.stringify(settings), "daisee.key": SECRET }),
      volts: (pin, atMs) => this.volts(pin, atMs),
      adc: { vrefSpread: 0, bowLsb: 0, rippleLsb: 0 },
      i2c: { device: (address) => this.chips.get(address), stuck: () => this.stuck },
    });
    const { scheduler, network } = this.bench;
    const nowMs = (): number => scheduler.nowMs();
    this.chips.set(0x40, createIna226({ shuntVolts: () => this.batteryAmps * SHUNT_OHM, busVolts: () => this.batteryVolts, nowMs }));
    this.chips.set(0x41, createIna228({ shuntVolts: () => 0, busVolts: () => 0, nowMs }));
    const socket = network.host(GATEWAY_ADDRESS).open(5683, (data, sender) => {
      socket.send(this.gateway.ack(this.gateway.take(data), 1764000000000 + Math.floor(nowMs())), sender.port, sender.address);
    });
    this.bench.board.start();
  }

  run(ms: number): this {
    this.bench.scheduler.advance(ms);
    return this;
  }

  /** Whether the battery feeds the load. */
  get closed(): boolean {
    return this.bench.board.level(K1 ?? "") === 1;
  }

  records(): BoardRecord[] {
    return this.gateway.received.flatMap(({ frame }) => frame.records);
  }

  readings(meter: number): Reading[] {
    return this.records().filter((record): record is Reading => record.kind === "reading" && record.meter === meter);
  }

  /** How long the relay stays closed after a current that trips, in ms. */
  tripMs(): number {
    this.batteryAmps = -7;
    for (let ms = 0; ms < 2000; ms++) {
      if (!this.closed) return ms;
      this.run(1);
    }
    return assert.fail("it did not trip");
  }

  private volts(pin: string, atMs: number): number {
    const angle = (2 * Math.PI * MAINS_HZ * atMs) / 1000;
    if (pin === "D34") return BIAS_V + ((this.mainsAmps * Math.SQRT2) / 30) * Math.sin(angle - this.lag);
    if (pin === "D35") return BIAS_V + ((230 * Math.SQRT2) / 320) * Math.sin(angle);
    return 0;
  }
}

describe("virtual-board: the firmware's bundle on other boards", function () {
  before(async () => ({ code } = await ownBundle()));

  for (const board of ["shunt", "clamp"] as const) {
    it(`${board}: measures by its chips, and trips within a conversion and a control period, wherever in either it is`, () => {
      for (const moment of [0, 23, 51, 77, 130, 181]) {
        const home = new Home(board).run(20000 + moment);
        assert.ok(home.closed);
        const last = home.readings(0).at(-1) ?? assert.fail("no reading");
        assert.deepEqual([last.currentMa, last.voltageMv, last.flags], [-2000, 12500, 0]);
        assert.ok(home.tripMs() <= CONTROL_MS[board] + CONVERSION_MS + TURN_MS);
        assert.deepEqual(
          home.bench.lines.filter((line) => line.includes("Uncaught") || line.includes("control:")),
          [],
        );
      }
    });
  }

  it("clamp: counts the mains by real power, with its sign, and its current opens no relay", () => {
    const home = new Home("clamp");
    home.mainsAmps = 9;
    home.lag = Math.PI / 3;
    home.run(30000);
    const readings = home.readings(2);
    const [first = assert.fail(), last = assert.fail()] = [readings[0], readings.at(-1)];
    assert.ok(Math.abs(last.currentMa - 9000) < 20, String(last.currentMa));
    assert.ok(Math.abs(last.voltageMv - 230000) < 300, String(last.voltageMv));
    const hours = (last.uptimeMs - first.uptimeMs) / 3600000;
    const watts = (last.importMwh - first.importMwh) / 1000 / hours;
    assert.ok(Math.abs(watts - 9 * 230 * 0.5) < 5, String(watts));
    assert.equal(last.exportMwh, 0);
    // Above the limit that trips the relays, which do not carry it.
    assert.ok(home.closed);
    home.lag = Math.PI;
    home.run(10000);
    assert.ok((home.readings(2).at(-1)?.exportMwh ?? 0) > 2000);
  });

  it("opens the relays when the chips' bus is held down, says which channel it was, and goes on when it is free", () => {
    const home = new Home("shunt").run(20000);
    assert.ok(home.closed);
    home.stuck = true;
    home.run(5000);
    assert.ok(!home.closed);
    home.stuck = false;
    home.run(60000);
    assert.ok(home.closed);
    const fault = home.records().find((record) => record.kind === "event" && record.cause === CAUSE.sensorFault);
    assert.ok(fault?.kind === "event" && fault.value === 0);
    assert.ok(home.readings(0).some(({ flags }) => flags !== 0));
  });
});
