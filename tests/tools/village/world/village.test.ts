import assert from "node:assert/strict";
import fc from "fast-check";
import { hallBoard } from "#firmware/core/board.ts";
import { convert } from "#firmware/core/convert.ts";
import { ADC_CODES, createAdc } from "#tools/virtual-board/fake/adc.ts";
import { calibrateBoard } from "#tools/village/world/calibration.ts";
import { sunShare } from "#tools/village/world/profile.ts";
import { createSensors } from "#tools/village/world/sensors.ts";
import { createVillageWorld, DEMO_HOMES } from "#tools/village/world/village.ts";

const BOARD = hallBoard();
const [K1 = "", K2 = ""] = BOARD.relays;

/** What a board reads from voltage at rest, in per mille. */
function readPermille(volts: number, battery: { emptyMv: number; fullMv: number }): number {
  return ((volts * 1000 - battery.emptyMv) * 1000) / (battery.fullMv - battery.emptyMv);
}

describe("village/world: the demo", () => {
  it("brings the consumer to its limit 9 to 19 s after its load is on, whatever the seed", () => {
    const [consumer] = DEMO_HOMES;
    assert.ok(consumer !== undefined);
    fc.assert(
      fc.property(fc.nat(10000), (seed) => {
        const world = createVillageWorld({ seed });
        world.setPin("consumer", K1, 1);
        const started = world.state("consumer").chargeMah;
        const restMv =
          world.flows("consumer").batteryVolts - world.flows("consumer").batteryAmps * (consumer.battery.internalMilliohm / 1000);
        let permille = readPermille(restMv, consumer.battery);
        const startPermille = permille;
        while (permille > consumer.lowPermille && world.timeMs < 60000) {
          world.step(100);
          // As the firmware counts: charge since the start, in per mille of the capacity.
          permille = startPermille + ((world.state("consumer").chargeMah - started) * 1000) / consumer.battery.capacityMah;
        }
        assert.ok(world.timeMs > 9000 && world.timeMs < 19000, `${world.timeMs} ms`);
        const { loadAmps } = world.flows("consumer");
        assert.ok(loadAmps > 2 && loadAmps < 4, `${loadAmps} A`);
      }),
      { numRuns: 50 },
    );
  });

  it("lets the producer feed the consumer over the bus at a living voltage", () => {
    const world = createVillageWorld({ seed: 3 });
    world.setPin("producer", K1, 1);
    world.setPin("producer", K2, 1);
    world.setPin("consumer", K2, 1);
    world.step(100);
    const [consumer, producer] = [world.flows("consumer"), world.flows("producer")];
    assert.ok(consumer.busAmps > 2 && producer.busAmps < -2);
    assert.ok(consumer.busVolts > 11 && producer.busVolts > consumer.busVolts);
    assert.ok(consumer.batteryAmps >= 0);
  });

  it("goes on after a standstill with its charges kept and its relays open, as without power", () => {
    const world = createVillageWorld({ seed: 3 });
    world.setPin("consumer", K1, 1);
    world.step(5000);
    const resumed = createVillageWorld({ seed: 3, state: world.exportState() });
    assert.equal(resumed.timeMs, 5000);
    assert.equal(resumed.state("consumer").chargeMah, world.state("consumer").chargeMah);
    assert.equal(resumed.flows("consumer").loadAmps, 0);
    resumed.setPin("consumer", K1, 1);
    resumed.step(50);
    assert.ok(resumed.flows("consumer").loadAmps > 2);
  });

  it("has sun by day only, at most clear noon's", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 3 * 86400000 }), (seed, timeOfDayMs) => {
        const share = sunShare(seed, timeOfDayMs);
        const hour = (timeOfDayMs / 3600000) % 24;
        assert.ok(share >= 0 && share <= 1);
        if (hour < 6 || hour > 18) assert.equal(share, 0);
        if (hour > 6.1 && hour < 17.9) assert.ok(share > 0);
      }),
    );
  });
});

describe("village/world: sensors", () => {
  it("differ from part to part, and a calibrated board reads the truth to 60 mA and 15 mV in its working range", () => {
    const adcNoise = { noiseLsb: 0 };
    const amps = fc.double({ min: -8, max: 8, noNaN: true });
    const volts = fc.double({ min: 11, max: 13.5, noNaN: true });
    const parts = Array.from({ length: 5 }, (_, seed) => {
      const sensors = createSensors(seed);
      return { adc: createAdc(seed, adcNoise), sensors, calibration: calibrateBoard(seed, sensors) };
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...parts),
        amps,
        amps,
        volts,
        volts,
        ({ adc, sensors, calibration }, batteryAmps, busAmps, batteryVolts, busVolts) => {
          const pins = sensors.volts({ batteryAmps, busAmps, batteryVolts, busVolts });
          const read = (name: string, railMv: number): number => {
            const channel = BOARD.channels.find((each) => each.name === name);
            assert.ok(channel !== undefined);
            return convert(channel, adc.curve(pins[channel.pin] ?? 0) / ADC_CODES, BOARD.fullScaleMv, railMv, calibration[name]);
          };
          const railMv = read("V5", NaN);
          assert.ok(Math.abs(railMv - sensors.railVolts * 1000) < 10);
          assert.ok(Math.abs(read("I1", railMv) - batteryAmps * 1000) < 60);
          assert.ok(Math.abs(read("I2", railMv) - busAmps * 1000) < 60);
          assert.ok(Math.abs(read("VBAT", railMv) - batteryVolts * 1000) < 15);
          assert.ok(Math.abs(read("VBUS", railMv) - busVolts * 1000) < 15);
        },
      ),
    );
  });
});
