/**
 * Files as in Espruino's archive for the ESP32: their names, sizes and marks are right, and nothing else.
 * @module
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** An image's header: magic, then the chip in bytes 12 and 13. */
export function image(bytes: number, chipId = 0, text = ""): Buffer {
  const data = Buffer.alloc(bytes);
  data[0] = 0xe9;
  data[12] = chipId;
  data.write(text, 100, "latin1");
  return data;
}

export const ESPRUINO_FILES: Record<string, Buffer> = {
  "bootloader.bin": image(20_000),
  "partitions_espruino.bin": Buffer.concat([Buffer.from([0xaa, 0x50]), Buffer.alloc(3070)]),
  "espruino_esp32.bin": image(400_000, 0, "Espruino 2v29"),
};

/** Writes them into a new folder. */
export async function writeEspruino(folder: string, changes: Record<string, Buffer> = {}): Promise<string> {
  await mkdir(folder);
  for (const [name, data] of Object.entries({ ...ESPRUINO_FILES, ...changes })) await writeFile(join(folder, name), data);
  return folder;
}
