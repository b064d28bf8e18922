/**
 * What a board meets, and what it must do: one list for the fake and for the real interpreter.
 * @module
 */
import assert from "node:assert/strict";
import { parse } from "coap-packet";
import { CAUSE, FLAG, SOURCE, STREAM, type BoardEvent, type BoardRecord, type Checkpoint, type Reading } from "#firmware/wire/records.ts";
import type { NumberedCommand } from "#firmware/wire/commands.ts";
import type { Scene } from "./scene.ts";

export interface Scenario {
  name: string;
  /** Runs in front of the bundle, in the board's own language. */
  sabotage?: (isReal: boolean) => string;
  settings?: object;
  play(scene: Scene): Promise<void>;
}

const OWN = "10";
const BUS = "01";
const OPEN = "00";

function records(scene: Scene, stream: number): BoardRecord[] {
  return scene.gateway.received.filter(({ frame }) => frame.stream === stream).flatMap(({ frame }) => frame.records);
}

function events(scene: Scene): BoardEvent[] {
  return records(scene, STREAM.fine).filter((record): record is BoardEvent => record.kind === "event");
}

function readings(scene: Scene, meter: number): Reading[] {
  return records(scene, STREAM.fine).filter((record): record is Reading => record.kind === "reading" && record.meter === meter);
}

function checkpoints(scene: Scene): Checkpoint[] {
  return records(scene, STREAM.coarse).filter((record): record is Checkpoint => record.kind === "checkpoint");
}

/** Each record once, by boot and sequence, as a gateway keeps them. */
function sequences(scene: Scene, stream: number, boot: number): number[] {
  const all = new Set<number>();
  for (const { frame } of scene.gateway.received) {
    if (frame.stream === stream && frame.boot === boot) frame.records.forEach((_, i) => all.add(frame.sequence + i));
  }
  return [...all].toSorted((a, b) => a - b);
}

function assertUnbroken(numbers: number[]): void {
  assert.ok(numbers.length > 0);
  assert.deepEqual(numbers, Array.from({ length: numbers.length }, (_, i) => (numbers[0] ?? 0) + i));
}

function boots(scene: Scene): number {
  return Math.max(0, ...scene.gateway.received.map(({ message }) => message.boot));
}

const runsOnOwn = (scene: Scene): Promise<void> => scene.until(() => scene.relays() === OWN, 8000, "its own battery");
const isHeard = (scene: Scene): Promise<void> => scene.until(() => readings(scene, 0).length > 0, 15_000, "a reading");

function command(scene: Scene, numbered: NumberedCommand): void {
  scene.answer = (received) => scene.gateway.ack(received, 1_764_000_000_000, { command: numbered });
}

/** Wraps a library of the interpreter, for the bundle behind it. */
const replaceLibrary = (name: string, library: string): string =>
  `var require0 = require; require = function (name) { if (name === "${name}") { ${library} } return require0(name); };\n`;

export const SCENARIOS: Scenario[] = [
  {
    name: "under the low limit with a live bus: over to the bus, and back above the high limit, never both",
    async play(scene) {
      await runsOnOwn(scene);
      scene.set({ busVolts: 12.5 });
      await scene.run(1500);
      scene.set({ batteryVolts: 11.2 });
      await scene.until(() => scene.relays() === OWN || scene.relays() === BUS, 100, "either");
      // The charge follows a voltage over minutes: the trip is by a restart that finds the battery low.
      await scene.cutPower();
      await scene.until(() => scene.relays() === BUS, 15_000, "the bus");
      scene.set({ batteryVolts: 12.75 });
      await scene.cutPower();
      await scene.until(() => scene.relays() === OWN, 15_000, "its own battery again");
      assert.ok(!scene.history.includes("11"));
      await scene.until(() => events(scene).some(({ cause, source }) => cause === CAUSE.batteryLow && source === SOURCE.bus), 15_000, "the event");
    },
  },
  {
    name: "over the trip limit: all relays open within one control period, locked out, closed again when that is over",
    async play(scene) {
      await runsOnOwn(scene);
      scene.set({ amps: 14 });
      await scene.until(() => scene.relays() === OPEN, 1000, "the trip");
      scene.set({ amps: 1 });
      await scene.run(1000);
      assert.equal(scene.relays(), OPEN);
      await scene.until(() => scene.relays() === OWN, 8000, "the end of the lock-out");
      await scene.until(() => events(scene).some(({ cause }) => cause === CAUSE.lockoutOver), 15_000, "its event");
      const trip = events(scene).find(({ cause }) => cause === CAUSE.overCurrent);
      assert.ok(trip && trip.source === SOURCE.off && trip.value > trip.limit && trip.limit === 10_000);
    },
  },
  {
    name: "a week of slots offline, at half a second each: every checkpoint and reading comes",
    settings: { slotMs: 500, controlMs: 250, readingMs: 500 },
    async play(scene) {
      await isHeard(scene);
      scene.wifi(false);
      // A week has 672 slots. In real time, as long as a test may take.
      await scene.run(scene.isReal ? 8000 : 340_000);
      const before = checkpoints(scene).length;
      scene.wifi(true);
      await scene.until(() => checkpoints(scene).length > before + (scene.isReal ? 4 : 672), 400_000, "the checkpoints");
      await scene.until(() => scene.gateway.received.some(({ frame }) => frame.records.some((record) => record.kind === "reading" && record.uptimeMs > frame.uptimeMs - 1000)), 120_000, "now");
      await scene.run(scene.isReal ? 2000 : 60_000);
      for (const stream of [STREAM.coarse, STREAM.fine]) assertUnbroken(sequences(scene, stream, 1));
      const slots = [...new Set(checkpoints(scene).flatMap(({ slot }) => (slot === null ? [] : [slot])))];
      // A machine that is busy may be late by a whole slot, which is then passed over.
      if (!scene.isReal) assertUnbroken(slots);
      for (const meter of [0, 1]) {
        const inOrder = readings(scene, meter).toSorted((a, b) => a.uptimeMs - b.uptimeMs);
        inOrder.forEach((reading, i) => assert.ok(reading.exportMwh >= (inOrder[i - 1]?.exportMwh ?? 0)));
      }
      assert.ok(checkpoints(scene).every(({ flags }) => (flags & FLAG.gap) === 0));
    },
  },
  {
    name: "a gateway that refuses: control goes on, nothing is lost, and all comes once it takes frames again",
    async play(scene) {
      const accept = scene.answer;
      scene.answer = ({ packet }) => scene.gateway.answer(packet, "5.03");
      await runsOnOwn(scene);
      await scene.run(6000);
      const tried = scene.gateway.received.length;
      assert.ok(tried >= 2 && tried < 12, `${tried} tries`);
      scene.gateway.received.length = 0;
      scene.answer = accept;
      await scene.until(() => readings(scene, 0).length > 8, 20_000, "the readings");
      const numbers = sequences(scene, STREAM.fine, 1);
      assert.equal(numbers[0], 0);
      assertUnbroken(numbers);
    },
  },
  {
    name: "Wi-Fi that never calls back: control goes on, and it is tried again and again",
    sabotage: () => replaceLibrary("Wifi", 'return { stopAP: function () {}, on: function () {}, getDetails: function () { return {}; }, connect: function () { console.log("tries Wi-Fi"); } };'),
    async play(scene) {
      await runsOnOwn(scene);
      await scene.run(scene.isReal ? 3000 : 600_000);
      assert.equal(scene.relays(), OWN);
      const tries = scene.lines.filter((line) => line.includes("tries Wi-Fi")).length;
      assert.ok(tries >= (scene.isReal ? 1 : 5), `${tries} tries`);
      assert.equal(scene.gateway.received.length, 0);
    },
  },
  {
    name: "a power cut during a write: open at once, back by itself, counters and numbers only rise",
    async play(scene) {
      await isHeard(scene);
      for (let i = 0; i < 3; i++) {
        const boot = boots(scene);
        await scene.cutPower();
        await scene.until(() => boots(scene) > boot, 20_000, "the next boot");
        await runsOnOwn(scene);
      }
      for (const meter of [0, 1]) {
        const all = readings(scene, meter);
        const byBoot = scene.gateway.received.flatMap(({ frame }) => frame.records.flatMap((record) => (record.kind === "reading" && record.meter === meter ? [{ boot: frame.boot, ...record }] : [])));
        byBoot.sort((a, b) => a.boot - b.boot || a.uptimeMs - b.uptimeMs);
        byBoot.forEach((reading, i) => assert.ok(reading.exportMwh >= (byBoot[i - 1]?.exportMwh ?? 0) && reading.importMwh >= (byBoot[i - 1]?.importMwh ?? 0)));
        assert.ok(all.some(({ flags }) => flags & FLAG.resumed));
      }
    },
  },
  {
    name: "a wall clock that jumps by a year and back: no relay moves, uptime goes on",
    // A Linux build's setTime moves its timers and not its clock (jshSetSystemTime does nothing there), so its clock is read with an offset.
    sabotage: (isReal) =>
      isReal
        ? "var clock0 = getTime, ahead = 0; global.getTime = function () { return clock0() + ahead; }; setTimeout(function () { ahead = 31536000; }, 5000); setTimeout(function () { ahead = -31536000; }, 7000);\n"
        : "setTimeout(function () { setTime(getTime() + 31536000); }, 5000); setTimeout(function () { setTime(getTime() - 63072000); }, 7000);\n",
    async play(scene) {
      await isHeard(scene);
      const changes = scene.history.length;
      await scene.until(() => readings(scene, 0).some(({ uptimeMs }) => uptimeMs > 8500), 15_000, "a later reading");
      assert.equal(scene.relays(), OWN);
      assert.equal(scene.history.length, changes);
      const byNumber = new Map(
        scene.gateway.received
          .filter(({ frame }) => frame.stream === STREAM.fine)
          .flatMap(({ frame }) => frame.records.map((record, i): [number, number] => [frame.sequence + i, record.uptimeMs])),
      );
      const uptimes = [...byNumber].toSorted(([a], [b]) => a - b).map(([, uptimeMs]) => uptimeMs);
      assert.ok(uptimes.every((uptimeMs, i) => uptimeMs >= (uptimes[i - 1] ?? 0) && uptimeMs < 3_600_000), String(uptimes));
    },
  },
  {
    name: "a converter that sticks at the end of its range: relays open once it is stale, and the event names the channel",
    async play(scene) {
      await isHeard(scene);
      scene.stick("D39", 0);
      await scene.until(() => scene.relays() === OPEN, 3000, "the fault");
      await scene.until(() => events(scene).some(({ cause }) => cause === CAUSE.sensorFault), 10_000, "its event");
      scene.stick("D39", null);
      await scene.until(() => scene.relays() === OWN, 8000, "the recovery");
      assert.ok(events(scene).some(({ cause, source }) => cause === CAUSE.sensorFault && source === SOURCE.off));
    },
  },
  {
    name: "no flash: it controls, keeps and sends nothing, and says why",
    sabotage: () => replaceLibrary("Flash", 'throw new Error("Module Flash not found");'),
    async play(scene) {
      await runsOnOwn(scene);
      await scene.run(3000);
      assert.equal(scene.relays(), OWN);
      assert.equal(scene.gateway.received.length, 0);
      assert.ok(scene.lines.some((line) => line.includes("flash")), scene.lines.join("\n"));
    },
  },
  {
    name: "out of memory: relays open, a restart by itself, its cause in the diagnostics",
    // A Linux build's memory grows without end, so it is done to it what running out does. Once, in the first run.
    sabotage: (isReal) =>
      isReal
        ? 'if (!require("Storage").read("once")) setTimeout(function () { require("Storage").write("once", "1"); clearInterval(); E.emit("errorFlag", ["LOW_MEMORY", "MEMORY"]); }, 20000);\n'
        : "",
    async play(scene) {
      await isHeard(scene);
      await runsOnOwn(scene);
      const boot = boots(scene);
      scene.exhaustMemory();
      await scene.until(() => boots(scene) > boot, 25_000, "the next boot");
      assert.ok(scene.history.lastIndexOf(OPEN) > scene.history.indexOf(OWN));
      await runsOnOwn(scene);
      await scene.until(() => scene.gateway.received.some(({ message, diagnostics }) => message.boot > boot && diagnostics?.resetCause === 3), 10_000, "its cause");
    },
  },
  {
    name: "a forged command: refused and counted, and the gateway's own one is done",
    async play(scene) {
      const accept = scene.answer;
      const override: NumberedCommand = { id: 9, command: { kind: "override", source: SOURCE.off, durationMs: 60_000 } };
      await isHeard(scene);
      scene.answer = (received) => scene.gateway.ack(received, 1, { command: override }, new Uint8Array(32).fill(7));
      await scene.run(4000);
      scene.answer = accept;
      await scene.run(4000);
      assert.deepEqual(scene.history.slice(scene.history.indexOf(OWN)), [OWN]);
      assert.ok(events(scene).every(({ cause }) => cause !== CAUSE.override));
      command(scene, override);
      await scene.until(() => scene.relays() === OPEN, 10_000, "the override");
      scene.answer = accept;
      await scene.until(() => scene.gateway.received.some(({ diagnostics }) => diagnostics?.commandId === 9 && diagnostics.refused > 0), 10_000, "diagnostics");
      await scene.until(() => events(scene).some(({ cause, source }) => cause === CAUSE.override && source === SOURCE.off), 15_000, "its event");
    },
  },
  {
    name: "a replayed acknowledgement: frees nothing, commands nothing",
    async play(scene) {
      const accept = scene.answer;
      await isHeard(scene);
      let recorded: Uint8Array | undefined;
      scene.answer = (received) => (recorded = scene.gateway.ack(received, 1_764_000_000_000, { command: { id: 1, command: { kind: "diagnostics" } } }));
      await scene.until(() => recorded !== undefined, 10_000, "an answer");
      const payload = parse(Buffer.from(recorded ?? [])).payload;
      scene.answer = ({ packet }) => scene.gateway.answer(packet, "2.04", payload);
      await scene.run(6000);
      const numbers = sequences(scene, STREAM.fine, 1);
      scene.answer = accept;
      await scene.until(() => sequences(scene, STREAM.fine, 1).length > numbers.length + 8, 20_000, "the readings");
      assertUnbroken(sequences(scene, STREAM.fine, 1));
      await scene.run(12_000);
      command(scene, { id: 2, command: { kind: "diagnostics" } });
      await scene.until(() => scene.gateway.received.some(({ diagnostics }) => diagnostics?.commandId === 2 && diagnostics.refused > 0), 15_000, "diagnostics");
    },
  },
];
