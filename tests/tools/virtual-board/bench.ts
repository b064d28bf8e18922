/**
 * A virtual board on a bench: memory, network and time in the test's hands, and what it prints and drives noted down.
 * @module
 */
import { createVirtualBoard } from "#tools/virtual-board/board.ts";
import type { VirtualBoard, VirtualBoardOptions } from "#tools/virtual-board/board.ts";
import { createMemoryFlash } from "#tools/virtual-board/fake/flash.ts";
import type { FlashMemory } from "#tools/virtual-board/fake/flash.ts";
import { createMemoryStorage } from "#tools/virtual-board/fake/storage.ts";
import { createMemoryNetwork } from "#tools/virtual-board/network/memory.ts";
import type { MemoryNetwork } from "#tools/virtual-board/network/memory.ts";
import { createScheduler } from "#tools/virtual-board/scheduler.ts";
import type { VirtualScheduler } from "#tools/virtual-board/scheduler.ts";

export const BOARD_ADDRESS = "10.0.0.2";
export const GATEWAY_ADDRESS = "10.0.0.1";

export interface Bench {
  board: VirtualBoard;
  scheduler: VirtualScheduler;
  network: MemoryNetwork;
  flash: FlashMemory;
  /** Console lines. */
  lines: string[];
  /** Changes of level, as `D23=1`. */
  pins: string[];
  reboots: string[];
}

/** A board with `code` in place of the firmware's bundle, powered off. */
export function createBench(code: string, options: Partial<VirtualBoardOptions> = {}): Bench {
  const scheduler = createScheduler();
  const network = createMemoryNetwork(scheduler, { seed: 1 });
  const flash = createMemoryFlash();
  const lines: string[] = [];
  const pins: string[] = [];
  const reboots: string[] = [];
  const board = createVirtualBoard({
    code,
    scheduler,
    network: network.host(BOARD_ADDRESS),
    storage: createMemoryStorage(),
    flash,
    volts: () => 1,
    seed: 1,
    onConsole: (line) => void lines.push(line),
    onPin: (pin, value) => void pins.push(`${pin}=${value}`),
    onReboot: (reason) => void reboots.push(reason),
    ...options,
  });
  return { board, scheduler, network, flash, lines, pins, reboots };
}

/** Powers a board with `code` and lets it run for `durationMs`. */
export function run(code: string, durationMs = 1000, options: Partial<VirtualBoardOptions> = {}): Bench {
  const bench = createBench(code, options);
  bench.board.start();
  bench.scheduler.advance(durationMs);
  return bench;
}

/** What a board prints for the value of each expression, or for what it throws. */
export function evaluate(...expressions: string[]): string[] {
  return run(printing(expressions)).lines;
}

/** A script, for the fake and for the interpreter, that prints each expression's value as JSON, or "throws". */
export function printing(expressions: readonly string[]): string {
  return expressions
    .map((expression) => `try { console.log(JSON.stringify(${expression})); } catch (error) { console.log("throws"); }`)
    .join("\n");
}
