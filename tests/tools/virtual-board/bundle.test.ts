/**
 * The firmware's own bundle, as a board gets it, in the fake and in the village's physics: from voltages at pins to frames that open.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { hallBoard } from "#firmware/core/board.ts";
import type { Settings } from "#firmware/core/settings.ts";
import { CAUSE, FLAG, SOURCE, STREAM } from "#firmware/wire/records.ts";
import type { BoardEvent, BoardRecord, Reading } from "#firmware/wire/records.ts";
import { ownBundle } from "#tests/firmware/build/own-bundle.ts";
import { EXAMPLE, exampleFile } from "#tests/firmware/core/example-settings.ts";
import { Gateway, SECRET } from "#tests/firmware/core/gateway.ts";
import { createVirtualBoard } from "#tools/virtual-board/board.ts";
import type { VirtualBoard } from "#tools/virtual-board/board.ts";
import { createMemoryFlash } from "#tools/virtual-board/fake/flash.ts";
import { createMemoryStorage } from "#tools/virtual-board/fake/storage.ts";
import { createMemoryNetwork } from "#tools/virtual-board/network/memory.ts";
import type { MemoryNetworkOptions } from "#tools/virtual-board/network/memory.ts";
import { createScheduler } from "#tools/virtual-board/scheduler.ts";
import type { VirtualScheduler } from "#tools/virtual-board/scheduler.ts";
import { calibrateBoard } from "#tools/village/world/calibration.ts";
import { createVillageWorld, DEMO_HOMES } from "#tools/village/world/village.ts";
import type { World } from "#tools/village/world/world.ts";

const BOARD = hallBoard();
const [K1 = "", K2 = ""] = BOARD.relays;
const GATEWAY = { host: "10.0.0.1", port: 5683 };
const UTC_ORIGIN_MS = 1764000000000;
const SLOT_MS = 10000;
/** Villages of each property; each takes a second or two. */
const RUNS = Number(process.env["VILLAGES"] ?? 2);
const BATTERY = 0;
const BUS = 1;

interface Home {
  board: VirtualBoard;
  gateway: Gateway;
  lines: string[];
  /** Levels of both relays, as `K1K2`, at each change. */
  relays: string[];
  /** ADC pins whose wire is off: they read 0 V. */
  brokenPins: Set<string>;
  /** Every record of a stream that came, once, by boot and sequence and in their order: a backlog comes behind what is newest. */
  records(stream: number): Map<string, BoardRecord>;
}

interface Village {
  scheduler: VirtualScheduler;
  world: World;
  consumer: Home;
  producer: Home;
}

let code: string;

function settings(role: "consumer" | "producer", index: number, calibration: Settings["calibration"]): string {
  const battery = DEMO_HOMES[index]?.battery ?? assert.fail();
  return exampleFile({
    boardId: `02da15ee000${index}`,
    role,
    gateway: GATEWAY,
    slotMs: SLOT_MS,
    readingMs: 1000,
    policy: { ...EXAMPLE.policy, lowPermille: 250, highPermille: 400, giveAbovePermille: 300, minOnMs: 3000, minOffMs: 1000 },
    battery,
    calibration,
  });
}

function compare([bootA = 0, sequenceA = 0]: number[], [bootB = 0, sequenceB = 0]: number[]): number {
  return bootA - bootB || sequenceA - sequenceB;
}

function createHome(
  role: "consumer" | "producer",
  index: number,
  village: { seed: number; scheduler: VirtualScheduler; world: World; network: MemoryNetworkOptions },
): Home {
  const { scheduler, world } = village;
  const network = createMemoryNetwork(scheduler, village.network);
  const gateway = new Gateway();
  const lines: string[] = [];
  const relays: string[] = [];
  const brokenPins = new Set<string>();
  const seed = village.seed + index;
  const calibration = calibrateBoard(seed, world.sensors(role));
  const board: VirtualBoard = createVirtualBoard({
    code,
    scheduler,
    network: network.host("10.0.0.2"),
    storage: createMemoryStorage({ "daisee.json": settings(role, index, calibration), "daisee.key": SECRET }),
    flash: createMemoryFlash(),
    volts: (pin) => (brokenPins.has(pin) ? 0 : (world.volts(role)[pin] ?? 0)),
    seed,
    onConsole: (line) => void lines.push(line),
    onPin(pin, value) {
      world.setPin(role, pin, value);
      if (pin === K1 || pin === K2) relays.push(`${board.level(K1)}${board.level(K2)}`);
    },
  });
  const socket = network.host(GATEWAY.host).open(GATEWAY.port, (data, sender) => {
    const received = gateway.take(data);
    socket.send(gateway.ack(received, UTC_ORIGIN_MS + Math.floor(scheduler.nowMs())), sender.port, sender.address);
  });

  function records(stream: number): Map<string, BoardRecord> {
    const all = new Map<string, BoardRecord>();
    for (const { frame } of gateway.received) {
      if (frame.stream !== stream) continue;
      frame.records.forEach((record, offset) => {
        const key = `${frame.boot}-${frame.sequence + offset}`;
        // Whatever is sent again is the same.
        if (all.has(key)) assert.deepEqual(record, all.get(key));
        all.set(key, record);
      });
    }
    const numberOf = ([key]: [string, BoardRecord]): number[] => key.split("-").map(Number);
    return new Map([...all].sort((a, b) => compare(numberOf(a), numberOf(b))));
  }

  return { board, gateway, lines, relays, brokenPins, records };
}

function createVillage(seed: number, network: Partial<MemoryNetworkOptions> = {}): Village {
  const scheduler = createScheduler();
  const world = createVillageWorld({ seed });
  const tick = (): void => {
    world.step(20);
    scheduler.after(20, tick);
  };
  tick();
  const shared = { seed, scheduler, world, network: { seed, ...network } };
  const [consumer, producer] = [createHome("consumer", 0, shared), createHome("producer", 1, shared)];
  consumer.board.start();
  producer.board.start();
  return { scheduler, world, consumer, producer };
}

function readings(home: Home, meter: number): Reading[] {
  return [...home.records(STREAM.fine).values()].filter((record): record is Reading => record.kind === "reading" && record.meter === meter);
}

function events(home: Home): BoardEvent[] {
  return [...home.records(STREAM.fine).values()].filter((record) => record.kind === "event");
}

/** Nothing is passed over, but for the newest readings, which a backlog lets go ahead. */
function assertNumberedWithoutGap(home: Home, boot: number): void {
  for (const stream of [STREAM.fine, STREAM.coarse]) {
    let next = -1;
    for (const { frame, diagnostics } of home.gateway.received) {
      if (diagnostics || frame.stream !== stream || frame.boot !== boot) continue;
      // A board that restarts goes on where the gateway may have been before.
      if (next < 0) next = frame.sequence;
      if (frame.sequence > next) assert.ok(stream === STREAM.fine && frame.records.length <= 2, `${next} to ${frame.sequence} never came`);
      else next = Math.max(next, frame.sequence + frame.records.length);
    }
    assert.ok(next > 0);
  }
}

function assertClose(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} is not within ${tolerance} of ${expected}`);
}

describe("virtual-board: the firmware's bundle in the village's physics", function () {
  before(async () => ({ code } = await ownBundle()));

  it("moves the consumer to the bus at its limit, meters at both ends, and sends frames that open", () => {
    const { scheduler, world, consumer, producer } = createVillage(3);
    scheduler.advance(90000);

    // The switch: own battery, open for the dead time, bus; and why.
    assert.deepEqual(consumer.relays, ["10", "00", "01"]);
    assert.deepEqual(producer.relays, ["10", "11"]);
    assert.equal(world.state("consumer").bridgedMs, 0);
    const low = events(consumer).find(({ cause }) => cause === CAUSE.batteryLow);
    assert.ok(low !== undefined && low.source === SOURCE.bus && low.limit === 250 && low.value <= 250);
    assert.ok(low.uptimeMs > 10000 && low.uptimeMs < 40000, String(low.uptimeMs));

    // What the meters say is what flows.
    for (const [home, name] of [
      [consumer, "consumer"],
      [producer, "producer"],
    ] as const) {
      const flows = world.flows(name);
      for (const [meter, amps, volts] of [
        [BATTERY, flows.batteryAmps, flows.batteryVolts],
        [BUS, flows.busAmps, flows.busVolts],
      ] as const) {
        const last = readings(home, meter).at(-1) ?? assert.fail("no reading");
        assertClose(last.voltageMv, volts * 1000, 60, `${name} ${meter} mV`);
        assertClose(last.currentMa, amps * 1000, 250, `${name} ${meter} mA`);
        assert.equal(last.flags & (FLAG.clipped | FLAG.suspect), 0);
      }
      assert.deepEqual(
        home.lines.filter((line) => line.includes("Uncaught") || line.includes("control:")),
        [],
      );
      assertNumberedWithoutGap(home, 1);
    }

    // Energy: both ends agree but for the cable's loss, counters only rise, and all of it is below what the physics moved.
    const drawn = readings(consumer, BUS).at(-1)?.importMwh ?? 0;
    const given = readings(producer, BUS).at(-1)?.exportMwh ?? 0;
    assert.ok(drawn > 300, `${drawn} mWh`);
    assertClose(drawn, given, 0.08 * given, "mWh drawn and given");
    assert.ok(drawn < world.exportState().energy.loadMwh);
    for (const home of [consumer, producer]) {
      for (const meter of [BATTERY, BUS]) {
        const all = readings(home, meter);
        all.forEach((reading, index) => {
          const before = all[index - 1];
          assert.ok(before === undefined || (reading.importMwh >= before.importMwh && reading.exportMwh >= before.exportMwh));
        });
      }
    }

    // Slots are cut on UTC once the gateway told it.
    const checkpoints = [...consumer.records(STREAM.coarse).values()].filter((record) => record.kind === "checkpoint");
    const slots = checkpoints.flatMap(({ slot }) => (slot === null ? [] : [slot]));
    assert.ok(slots.length >= 6);
    for (const slot of slots) assertClose(slot, UTC_ORIGIN_MS / SLOT_MS, 10, "slot");
    assert.deepEqual(
      slots,
      slots.map((_, index) => (slots[0] ?? NaN) + index),
    );
  });

  it("never uses a message number twice for two messages, whatever the network does, and loses no record", () => {
    fc.assert(
      fc.property(fc.nat(1000), (seed) => {
        const { scheduler, consumer } = createVillage(seed, { loss: 0.3, duplicate: 0.2, minDelayMs: 1, maxDelayMs: 3000 });
        // A frame that is lost five times takes a minute of them.
        scheduler.advance(150000);
        const byNumber = new Map<string, string>();
        for (const { message } of consumer.gateway.received) {
          const key = `${message.boot}-${message.number}`;
          const content = Buffer.from(message.ciphertext).toString("hex");
          assert.equal(byNumber.get(key) ?? content, content);
          byNumber.set(key, content);
        }
        assert.ok(byNumber.size > 5);
        assertNumberedWithoutGap(consumer, 1);
      }),
      { numRuns: RUNS },
    );
  });

  it("keeps what it measured without Wi-Fi, and delivers it all when Wi-Fi is back", () => {
    const { scheduler, consumer } = createVillage(5);
    scheduler.advance(20000);
    consumer.board.setWifi(false);
    scheduler.advance(60000);
    const before = consumer.records(STREAM.fine).size;
    consumer.board.setWifi(true);
    scheduler.advance(120000);
    assert.ok(consumer.records(STREAM.fine).size > before + 100);
    assertNumberedWithoutGap(consumer, 1);
  });

  it("comes back from a power cut in the middle of any flash operation, with counters that never run backwards", () => {
    fc.assert(
      fc.property(fc.nat(100), fc.integer({ min: 0, max: 3000 }), (seed, bytes) => {
        const { scheduler, world, consumer } = createVillage(seed);
        scheduler.advance(15000);
        consumer.board.cutPowerAfter(bytes);
        // A reading's record is some 60 bytes a second.
        for (let i = 0; i < 120 && consumer.board.isOn(); i++) scheduler.advance(1000);
        assert.equal(consumer.board.isOn(), false);
        assert.equal(consumer.board.level(K1) + consumer.board.level(K2), 0);
        consumer.board.start();
        scheduler.advance(30000);
        assert.ok(consumer.lines.every((line) => !line.includes("Uncaught")));
        assertNumberedWithoutGap(consumer, 2);
        for (const meter of [BATTERY, BUS]) {
          const counters = readings(consumer, meter).map(({ importMwh, exportMwh }) => importMwh + exportMwh);
          counters.forEach((counter, index) => assert.ok(counter >= (counters[index - 1] ?? 0)));
        }
        assert.equal(world.state("consumer").bridgedMs, 0);
      }),
      { numRuns: RUNS },
    );
  });

  it("opens its relays and starts afresh when memory is exhausted", () => {
    const { scheduler, consumer } = createVillage(7);
    scheduler.advance(10000);
    assert.equal(consumer.relays.at(-1), "10");
    consumer.board.exhaustMemory();
    scheduler.advance(100);
    assert.equal(consumer.board.level(K1) + consumer.board.level(K2), 0);
    scheduler.advance(10000);
    assert.notEqual(consumer.relays.at(-1), "00");
    assertNumberedWithoutGap(consumer, 2);
  });

  it("opens its relays when a sensor's wire breaks, and says which", () => {
    const { scheduler, consumer } = createVillage(9);
    scheduler.advance(10000);
    consumer.brokenPins.add("D36");
    scheduler.advance(5000);
    assert.equal(consumer.relays.at(-1), "00");
    const fault = events(consumer).at(-1);
    assert.deepEqual(
      [fault?.cause, fault?.value, fault?.source],
      [CAUSE.sensorFault, BOARD.channels.findIndex(({ pin }) => pin === "D36"), SOURCE.off],
    );
  });
});
