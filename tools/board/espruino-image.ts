/**
 * The Espruino interpreter for an ESP32 as the user downloaded it: which files it is made of, and whether they are what they should be.
 * @module
 */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** One file and where it goes. */
export interface ImagePart {
  name: string;
  /** Flash address in bytes. */
  address: number;
  data: Uint8Array;
}

export const WHERE_TO_GET_IT = 'download "espruino_…_esp32.tgz" from https://www.espruino.com/Download#esp32 and name the file or its unpacked folder with --espruino';

/** First byte of every ESP32 application and bootloader image (ESP-IDF, esp_app_format.h: ESP_IMAGE_HEADER_MAGIC). */
const IMAGE_MAGIC = 0xe9;
/** `chip_id` in the image header's bytes 12 and 13; images older than the field carry 0, as the ESP32 does. */
const CHIP_ID_OFFSET = 12;
const CHIPS = new Map([
  [0, "ESP32"],
  [2, "ESP32-S2"],
  [5, "ESP32-C3"],
  [9, "ESP32-S3"],
]);
/** First two bytes of a partition table (ESP-IDF, esp_flash_partitions.h: ESP_PARTITION_MAGIC, little endian). */
const PARTITIONS_MAGIC = [0xaa, 0x50];

interface PartRule {
  file: string;
  address: number;
  minBytes: number;
  maxBytes: number;
  isImage: boolean;
}

/** Addresses as in Espruino's own README_flash.txt for the ESP32; each part must end before the next begins. */
const PARTS: readonly PartRule[] = [
  { file: "bootloader.bin", address: 0x1000, minBytes: 4096, maxBytes: 0x7000, isImage: true },
  { file: "partitions_espruino.bin", address: 0x8000, minBytes: 96, maxBytes: 0x1000, isImage: false },
  // The partition table gives the application what lies before the raw region at 0x310000.
  { file: "espruino_esp32.bin", address: 0x10000, minBytes: 256 * 1024, maxBytes: 0x300000, isImage: true },
];

/** Throws with the file and what is wrong with it. */
function checkPart(rule: PartRule, data: Uint8Array): void {
  if (data.length < rule.minBytes || data.length > rule.maxBytes) {
    throw new Error(`${rule.file} has ${data.length} bytes, ${rule.minBytes} to ${rule.maxBytes} are expected: ${WHERE_TO_GET_IT}`);
  }
  if (!rule.isImage) {
    if (PARTITIONS_MAGIC.some((byte, index) => data[index] !== byte)) throw new Error(`${rule.file} is no partition table: ${WHERE_TO_GET_IT}`);
    return;
  }
  if (data[0] !== IMAGE_MAGIC) throw new Error(`${rule.file} is no image for an ESP32: ${WHERE_TO_GET_IT}`);
  const chipId = (data[CHIP_ID_OFFSET] ?? 0) + 256 * (data[CHIP_ID_OFFSET + 1] ?? 0);
  if (chipId !== 0) throw new Error(`${rule.file} is for the ${CHIPS.get(chipId) ?? `chip ${chipId}`}, not the ESP32: ${WHERE_TO_GET_IT}`);
}

function isEspruino(data: Uint8Array): boolean {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).includes("Espruino");
}

async function findFile(folder: string, name: string): Promise<string | null> {
  // The archive holds one folder with the files in it.
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = entries.find((entry) => entry.isFile() && entry.name === name);
  return found === undefined ? null : join(found.parentPath, found.name);
}

async function readFolder(folder: string): Promise<ImagePart[]> {
  const parts: ImagePart[] = [];
  for (const rule of PARTS) {
    const path = await findFile(folder, rule.file);
    if (path === null) throw new Error(`${rule.file} is missing: ${WHERE_TO_GET_IT}`);
    const data = new Uint8Array(await readFile(path));
    checkPart(rule, data);
    parts.push({ name: rule.file, address: rule.address, data });
  }
  if (!parts.some(({ data }) => isEspruino(data))) throw new Error(`these files hold another program, not Espruino: ${WHERE_TO_GET_IT}`);
  return parts;
}

/**
 * Reads the interpreter's three files from a folder, or from the archive in which Espruino publishes them.
 * @throws when one is missing, of a wrong size, for another chip, or not Espruino; the message says where to get the right one.
 */
export async function readEspruinoImage(path: string): Promise<ImagePart[]> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new Error(`there is no ${path}: ${WHERE_TO_GET_IT}`);
  if (found.isDirectory()) return readFolder(path);
  const folder = await mkdtemp(join(tmpdir(), "daisee-espruino-"));
  try {
    await promisify(execFile)("tar", ["-xzf", path, "-C", folder]).catch((cause: unknown) => {
      throw new Error(`${path} is neither a folder nor a .tgz archive: ${WHERE_TO_GET_IT}`, { cause });
    });
    return await readFolder(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
