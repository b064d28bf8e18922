/**
 * Runs the physical model along with the village's clock: relay pins in, voltages at the boards' ADC pins out. Keeps its state over restarts.
 * @module
 */
import { readIfThere, replaceFile } from "#chain/files.ts";
import type { Clock } from "#gateway/clock.ts";
import type { Settings } from "#firmware/core/settings.ts";
import { HOMES, POLICY } from "./homes.ts";
import type { HomePlan } from "./homes.ts";
import { calibrateBoard } from "./world/calibration.ts";
import { createVillageWorld } from "./world/village.ts";
import type { World, WorldState } from "./world/world.ts";

/** Real ms between two looks at the physics: faster than any control loop. */
const TICK_MS = 20;
/** After a standstill (a laptop that slept) the world goes on from where it was; it does not catch up. */
const MAX_STEP_MS = 1000;

export interface Physics {
  world: World;
  /** Calibrates a home's board, whose converter its seed makes, on a bench. */
  calibrate(home: HomePlan["key"], boardSeed: number): Settings["calibration"];
  setPin(home: HomePlan["key"], pin: string, value: 0 | 1): void;
  /** Calls back with the voltages at a home's ADC pins, in V, at each tick. */
  connect(home: HomePlan["key"], onVolts: (volts: Record<string, number>) => void): void;
  /** Stops time and saves. */
  stop(): Promise<void>;
}

export interface PhysicsOptions {
  seed: number;
  clock: Clock;
  /** Times real time. */
  speed: number;
  statePath: string;
  saveIntervalMs: number;
  onError: (error: Error) => void;
}

/** Starts, or goes on from, the state in the file. Throws when that is not a world's. */
export async function startPhysics({ seed, clock, speed, statePath, saveIntervalMs, onError }: PhysicsOptions): Promise<Physics> {
  const text = await readIfThere(statePath);
  // The file is this module's own; the world checks that it fits.
  const state = text === null ? undefined : (JSON.parse(text) as WorldState);
  const homes = HOMES.map(({ key, role, battery }) => ({ name: key, role, battery, lowPermille: POLICY.lowPermille }));
  const world = createVillageWorld({ seed, homes, ...(state !== undefined && { state }) });
  const listeners: (() => void)[] = [];
  let lastMs = clock.nowMs();
  const save = (): Promise<void> => replaceFile(statePath, JSON.stringify(world.exportState()));

  const ticking = setInterval(() => {
    const nowMs = clock.nowMs();
    world.step(Math.min(Math.max(0, nowMs - lastMs), MAX_STEP_MS * speed));
    lastMs = nowMs;
    for (const listener of listeners) listener();
  }, TICK_MS);
  const saving = setInterval(() => void save().catch(onError), saveIntervalMs);

  return {
    world,
    calibrate: (home, boardSeed) => calibrateBoard(boardSeed, world.sensors(home)),
    setPin: (home, pin, value) => world.setPin(home, pin, value),
    connect: (home, onVolts) => void listeners.push(() => onVolts(world.volts(home))),
    stop: async () => {
      clearInterval(ticking);
      clearInterval(saving);
      await save();
    },
  };
}
