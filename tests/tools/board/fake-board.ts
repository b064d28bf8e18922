/**
 * A board on a cable: the chip's loader on a pseudo-terminal, and Espruino's console. The console has a port of its own, behind TCP, since
 * the `espruino` package opens only serial ports that the system lists.
 * @module
 */
import { openScriptedConsole } from "./console.ts";
import type { ScriptedConsole, ScriptedOptions } from "./console.ts";
import { createFakeRom } from "./fake-rom.ts";
import type { FakeRom } from "./fake-rom.ts";
import { openPseudoTerminal } from "./pseudo-terminal.ts";
import type { PseudoTerminal } from "./pseudo-terminal.ts";

export interface FakeBoard {
  rom: FakeRom;
  terminal: PseudoTerminal;
  console: ScriptedConsole;
  /** Options by which the command finds both, and does not wait for a boot that takes no time. */
  ports: string[];
  unplug(): Promise<void>;
}

export async function plugIn(chip: Parameters<typeof createFakeRom>[1], options: ScriptedOptions = {}): Promise<FakeBoard> {
  const terminal = await openPseudoTerminal();
  const board = await openScriptedConsole(options);
  return {
    rom: createFakeRom(terminal, chip),
    terminal,
    console: board,
    ports: ["--port", terminal.path, "--console", board.port, "--boot", "0"],
    async unplug() {
      await board.close();
      await terminal.close();
    },
  };
}
