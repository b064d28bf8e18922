/**
 * From a bare board to a first reading, step by step. Each step looks first whether it is done already, so that running it again after a
 * pulled cable or a gateway that was away goes on where it stopped.
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import { connectChip } from "./chip.ts";
import type { ImagePart } from "./espruino-image.ts";
import { FIRMWARE_FILE, missingFiles, startFirmware, stopFirmware, uploadFiles } from "./upload.ts";
import type { StorageFile } from "./upload.ts";

const HEARD_POLL_MS = 1000;

export type FlashStep = "recognise" | "interpreter" | "register" | "firmware" | "first reading";

export interface FlashReport {
  step(step: FlashStep, text: string): void;
  /** Bytes of a part that were sent, of so many. */
  progress(part: string, sent: number, total: number): void;
}

export interface FlashPlan {
  /** Serial port of the chip's loader, and of the console: the same one on a board. */
  loaderPort: string;
  consolePort: string;
  /** Null leaves the interpreter as it is. */
  image: readonly ImagePart[] | null;
  /** What is stored on the board of this id. */
  files(boardId: string, firstBoot: number): StorageFile[];
  /** Tells the gateway of the board and its secret. Resolves with the number from which it must count its starts. */
  register(boardId: string): Promise<number>;
  /** Whether the gateway had a reading of it; a text says why it may not have had one. */
  heard(boardId: string): Promise<true | string>;
  heardTimeoutMs: number;
  /** Time in which the board boots into Espruino's console. */
  bootMs: number;
}

/**
 * Flashes a board and waits for its first reading. Resolves with its id.
 * @throws with what to do next; the board and the gateway are as they were, or running it again goes on.
 */
export async function flashBoard(plan: FlashPlan, report: FlashReport): Promise<string> {
  const { consolePort, image, loaderPort } = plan;
  const chip = await connectChip(loaderPort, (text) => report.step("recognise", text));
  const { boardId } = chip;
  try {
    if (chip.name !== "ESP32") throw new Error(`this is an ${chip.name}; the firmware is for the ESP32 (ESP32-WROOM or ESP32-WROVER modules)`);
    report.step("recognise", `ESP32, board id ${boardId}`);
    for (const part of image ?? []) {
      const written = await chip.write(part, (sent, total) => report.progress(part.name, sent, total));
      report.step("interpreter", `${part.name}: ${written ? "written and checked" : "was there already"}`);
    }
    await chip.restart();
  } catch (error) {
    await chip.close();
    throw error;
  }
  await sleep(plan.bootMs);

  const options = { port: consolePort };
  // Before anything is changed: a console that is not Espruino's must leave the gateway as it was.
  await missingFiles([], options);
  const firstBoot = await plan.register(boardId);
  report.step("register", "the gateway knows the board");
  const files = plan.files(boardId, firstBoot);
  const missing = await missingFiles(files, options);
  if (missing.length > 0) {
    await stopFirmware(options);
    await sleep(plan.bootMs);
    // What stops the firmware also takes it away.
    await uploadFiles(files.filter((file) => missing.includes(file) || file.name === FIRMWARE_FILE), options);
  }
  await startFirmware(options);
  report.step("firmware", missing.length === 0 ? "was there already" : `${missing.map(({ name }) => name).join(", ")} stored and checked`);

  let reason: true | string = "";
  for (let waitedMs = 0; waitedMs <= plan.heardTimeoutMs; waitedMs += HEARD_POLL_MS) {
    reason = await plan.heard(boardId);
    if (reason === true) {
      report.step("first reading", "the gateway has it");
      return boardId;
    }
    await sleep(HEARD_POLL_MS);
  }
  throw new Error(`board ${boardId} is flashed, but the gateway has heard nothing of it: ${reason}`);
}
