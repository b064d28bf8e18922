/**
 * A board with its bundle, its voltages, its gateway and its mishaps: the same for the fake in virtual time and for a real interpreter in real
 * time.
 * @module
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RELAYS } from "#firmware/core/board.ts";
import { DEFAULT_FLASH } from "#firmware/core/settings.ts";
import { createVirtualBoard } from "#tools/virtual-board/board.ts";
import { createMemoryFlash } from "#tools/virtual-board/fake/flash.ts";
import { createMemoryStorage } from "#tools/virtual-board/fake/storage.ts";
import { hostInterpreter } from "#tools/virtual-board/interpreter/host.ts";
import { createMemoryNetwork } from "#tools/virtual-board/network/memory.ts";
import { createScheduler } from "#tools/virtual-board/scheduler.ts";
import { EXAMPLE, exampleFile } from "../core/example-settings.ts";
import { Gateway, SECRET, type Received } from "../core/gateway.ts";

const UTC_MS = 1_764_000_000_000;
/** Its converter's reference is right within 0.2 %. */
const SEED = 653;

export interface Scene {
  readonly isReal: boolean;
  /** Changes of the relays, as `K1K2`. */
  readonly history: string[];
  readonly lines: string[];
  readonly gateway: Gateway;
  /** What the gateway makes of a message; null for nothing. */
  answer: (received: Received) => Uint8Array | null;
  /** Lets the board run, in its own time. */
  run(ms: number): Promise<void>;
  /** Runs until something holds; throws with what the board said when it does not within its time. */
  until(holds: () => boolean, withinMs: number, what: string): Promise<void>;
  /** Battery at rest, and the bus, in V; current out of the battery, in A. */
  set(values: Partial<Values>): void;
  /** A pin that reads another voltage than its sensor gives. */
  stick(pin: string, volts: number | null): void;
  relays(): string;
  wifi(isUp: boolean): void;
  /** Takes the power away, in the fake in the middle of a write. */
  cutPower(): Promise<void>;
  /** Out of memory; the real interpreter does that by itself, as its sabotage says. */
  exhaustMemory(): void;
  end(): Promise<void>;
}

interface Values {
  batteryVolts: number;
  busVolts: number;
  amps: number;
}

export interface SceneOptions {
  /** Runs in front of the bundle. */
  sabotage: string;
  settings: object;
}

/** What the sensors of the hall board give. */
function pinVolts({ batteryVolts, busVolts, amps }: Values): Record<string, number> {
  const hall = (current: number): number => (current / 50 + 0.5) * 2.5;
  return { D34: hall(-amps), D35: hall(0), D36: batteryVolts / 13, D39: 2, D33: busVolts / 13 };
}

const FAST = { ...EXAMPLE.policy, minOnMs: 500, minOffMs: 500, deadTimeMs: 200, lockoutMs: 2000 };

function files(gateway: { host: string; port: number }, { settings }: SceneOptions, flash: object): { "daisee.json": string; "daisee.key": Uint8Array } {
  return { "daisee.json": exampleFile({ gateway, readingMs: 500, slotMs: 2000, policy: FAST, flash, ...settings }), "daisee.key": SECRET };
}

/** What both worlds share; each adds how time passes and how things reach the board. */
function common(isReal: boolean, apply: (volts: Record<string, number>) => void) {
  const values: Values = { batteryVolts: 12.4, busVolts: 0, amps: 1 };
  const stuck = new Map<string, number>();
  const levels = new Map<string, 0 | 1>();
  const history: string[] = [];
  const lines: string[] = [];
  const gateway = new Gateway();
  let utcMs = UTC_MS;
  const relays = (): string => RELAYS.map((pin) => levels.get(pin) ?? 0).join("");
  const update = (): void => apply({ ...pinVolts(values), ...Object.fromEntries(stuck) });
  const scene = {
    isReal,
    history,
    lines,
    gateway,
    answer: (received: Received): Uint8Array | null => gateway.ack(received, (utcMs += 1)),
    relays,
    set(changes: Partial<Values>) {
      Object.assign(values, changes);
      update();
    },
    stick(pin: string, volts: number | null) {
      if (volts === null) stuck.delete(pin);
      else stuck.set(pin, volts);
      update();
    },
  };
  const onPin = (pin: string, value: 0 | 1): void => {
    if (!RELAYS.includes(pin)) return;
    levels.set(pin, value);
    if (history.at(-1) !== relays()) history.push(relays());
  };
  return { scene, update, onPin, setUtc: (ms: number) => void (utcMs = UTC_MS + Math.floor(ms)) };
}

/** A machine that is busy with other tests runs an interpreter so much slower. */
const PATIENCE = 8;

async function until(scene: Pick<Scene, "isReal" | "run" | "lines">, holds: () => boolean, withinMs: number, what: string): Promise<void> {
  for (let ms = 0; ms < withinMs * (scene.isReal ? PATIENCE : 1); ms += 100) {
    if (holds()) return;
    await scene.run(100);
  }
  throw new Error(`${what} did not come within ${withinMs} ms; the board said:\n${scene.lines.slice(-15).join("\n")}`);
}

/** The strict fake, in virtual time. */
export async function createFakeScene(code: string, options: SceneOptions): Promise<Scene> {
  const scheduler = createScheduler();
  const network = createMemoryNetwork(scheduler, { seed: 1 });
  let volts: Record<string, number> = {};
  const { scene, update, onPin, setUtc } = common(false, (next) => (volts = next));
  update();
  const board = createVirtualBoard({
    code: options.sabotage + code,
    scheduler,
    network: network.host("10.0.0.2"),
    storage: createMemoryStorage(files({ host: "10.0.0.1", port: 5683 }, options, DEFAULT_FLASH)),
    flash: createMemoryFlash(),
    volts: (pin) => volts[pin] ?? 0,
    seed: SEED,
    onConsole: (line) => void scene.lines.push(line),
    onPin,
  });
  const run = async (ms: number): Promise<void> => scheduler.advance(ms);
  const whole: Scene = {
    ...scene,
    run,
    until: (...values) => until(whole, ...values),
    wifi: (isUp) => board.setWifi(isUp),
    async cutPower() {
      board.cutPowerAfter(37);
      await until(whole, () => !board.isOn(), 60_000, "a write to cut");
      board.start();
    },
    exhaustMemory: () => board.exhaustMemory(),
    end: async () => board.stop(),
  };
  const socket = network.host("10.0.0.1").open(5683, (data, sender) => {
    setUtc(scheduler.nowMs());
    const reply = whole.answer(scene.gateway.take(data));
    if (reply) socket.send(reply, sender.port, sender.address);
  });
  board.start();
  return whole;
}

/** The interpreter of `binary`, in real time. */
export async function createRealScene(binary: string, code: string, options: SceneOptions): Promise<Scene> {
  const dir = await mkdtemp(join(tmpdir(), "daisee-scene-"));
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  // A Linux build's whole Storage is 256 KB.
  const flash = { ...DEFAULT_FLASH, storageBytes: 262_144, recordBytes: 65_536 };
  await mkdir(join(dir, "storage"));
  const bundlePath = join(dir, "bundle.js");
  await writeFile(bundlePath, options.sabotage + code);
  for (const [name, data] of Object.entries(files({ host: "127.0.0.1", port: socket.address().port }, options, flash))) {
    await writeFile(join(dir, "storage", name), data, { mode: 0o600 });
  }
  let apply: (volts: Record<string, number>) => void = () => undefined;
  const { scene, update, onPin, setUtc } = common(true, (volts) => apply(volts));
  const clock = { realOriginMs: Date.now(), utcOriginMs: Date.now(), speed: 1 };
  const host = await hostInterpreter(
    binary,
    { dir, bundlePath, clock, seed: SEED },
    (message) => {
      if (message.type === "pin") onPin(message.pin, message.value);
      else if (message.type === "console") scene.lines.push(message.line);
    },
    (error) => scene.lines.push(String(error)),
  );
  apply = (volts) => host.setVolts(volts);
  const startedMs = performance.now();
  const whole: Scene = {
    ...scene,
    run: (ms) => sleep(ms),
    until: (...values) => until(whole, ...values),
    wifi: (isUp) => host.setWifi(isUp),
    async cutPower() {
      host.cutPower();
      await sleep(500);
    },
    exhaustMemory: () => undefined,
    async end() {
      host.stop();
      socket.close();
      // The interpreter writes until it is dead.
      await sleep(100);
      await rm(dir, { recursive: true, force: true });
    },
  };
  socket.on("message", (data, sender) => {
    setUtc(performance.now() - startedMs);
    const reply = whole.answer(scene.gateway.take(data));
    if (reply) socket.send(reply, sender.port, sender.address);
  });
  update();
  return whole;
}
