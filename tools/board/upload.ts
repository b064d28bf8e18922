/**
 * Puts the firmware and what it needs into a board's Storage, with the `espruino` package over the board's console.
 * @module
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { RECORD_FILE } from "#firmware/drivers/record-file.ts";

/** The console's speed on an ESP32. */
const BAUD_RATE = 115_200;
/** A bundle takes about 20 s, most of it pauses; a board that says nothing for so long is not going to. */
const TIMEOUT_MS = 90_000;
/** What Espruino runs when it starts. */
export const FIRMWARE_FILE = ".bootcde";
/** 144 sectors of records, and what makes the file end on a page (firmware/README.md, Flash). */
const RECORD_FILE_BYTES = 144 * 4096 + 4064;
const MARK = "DAISEE-STORED";

export interface StorageFile {
  /** Name in the board's Storage, at most 28 characters. */
  name: string;
  data: Uint8Array;
}

export interface UploadOptions {
  /** A serial port such as `/dev/ttyUSB0`, or `tcp://host:port`. */
  port: string;
  signal?: AbortSignal;
}

/**
 * The package looks nothing up on the network: the bundle is whole, and a kitchen may have no network. Its throttle of writes to Storage stays on,
 * since the console has no flow control while flash is written.
 */
const OFFLINE = ["--config", "BOARD_JSON_URL=", "--config", "MODULE_URL="];

/** Behind TCP there is an interpreter that reads when it can: it needs no pause of a quarter of a second after each write to Storage. */
const UNPACED = ["--config", "STORAGE_UPLOAD_METHOD=1"];

/** Up to 512 characters the package sends but never says that it did (0.1.67, core/serial.js: writeSerialWorker drops the callback). */
const LEAST_SENT = 600;

/** Runs the package's command in a process of its own: in ours it would put dozens of names into the global scope. */
async function runEspruino(statement: string, { port, signal }: UploadOptions, parameters: string[] = []): Promise<string> {
  // A comment would not do: the package takes comments out.
  const padded = `if("${"-".repeat(LEAST_SENT)}"){${statement}}`;
  const cli = createRequire(import.meta.url).resolve("espruino/bin/espruino-cli.js");
  const child = spawn(process.execPath, [cli, "--quiet", "--no-ble", "--port", port, "-b", String(BAUD_RATE), ...OFFLINE, ...(port.startsWith("tcp:") ? UNPACED : []), ...parameters, "-e", padded], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: TIMEOUT_MS,
    killSignal: "SIGKILL",
    ...(signal && { signal }),
  });
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString("latin1")));
  child.stderr.on("data", (data: Buffer) => (output += data.toString("latin1")));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code === null) throw new Error(`the board at ${port} does not answer on its console: unplug it, plug it in again, and run the same command`);
  if (code !== 0 || /Unable to connect|RECEIVE ERROR/i.test(output)) {
    const last = output.trim().split("\n").at(-1) ?? "";
    throw new Error(`the upload to ${port} failed (${last}): close other programs on the port and run the same command again`);
  }
  return output;
}

/** An expression that prints each file's checksum, or null where there is none, after a mark. */
function checksums(files: readonly StorageFile[]): string {
  const names = JSON.stringify(files.map(({ name }) => name));
  return `print("${MARK}",JSON.stringify(${names}.map(function(n){var d=require("Storage").read(n);return d===undefined?null:E.CRC32(d)})))`;
}

function parseChecksums(output: string): (number | null)[] | null {
  const found = new RegExp(String.raw`^${MARK} (\[[0-9,nul-]*\])`, "m").exec(output)?.[1];
  // The pattern allows numbers and null alone.
  return found === undefined ? null : (JSON.parse(found) as (number | null)[]);
}

/** The files whose checksum is another one; Espruino's integers may be signed. */
function differing(files: readonly StorageFile[], stored: readonly (number | null)[]): StorageFile[] {
  return files.filter(({ data }, index) => {
    const checksum = stored[index] ?? null;
    return checksum === null || checksum >>> 0 !== crc32(data);
  });
}

/** Which of the files the board does not hold as they are. */
export async function missingFiles(files: readonly StorageFile[], options: UploadOptions): Promise<StorageFile[]> {
  const stored = parseChecksums(await runEspruino(checksums(files), options));
  if (stored === null) throw new Error(`what answers at ${options.port} is not Espruino: write the interpreter first, with --espruino`);
  return differing(files, stored);
}

/**
 * Stops a firmware that runs, so that its watchdog does not end the upload; it starts again at the end. In an empty Storage the file of
 * records comes first: what is replaced behind it can then never make the interpreter move it.
 */
export async function stopFirmware(options: UploadOptions): Promise<void> {
  const reserve = `if(!s.list().length)try{s.write("${RECORD_FILE}","\\xff",0,${RECORD_FILE_BYTES})}catch(e){}`;
  await runEspruino(`var s=require("Storage");${reserve};s.erase("${FIRMWARE_FILE}");setTimeout(function(){E.reboot()},100)`, options);
}

/**
 * Writes the files and reads their checksums back.
 * @throws when the board does not answer or holds something else afterwards; running it again is safe.
 */
export async function uploadFiles(files: readonly StorageFile[], options: UploadOptions): Promise<void> {
  if (files.length === 0) return;
  // The key and the Wi-Fi password are among them: a folder that only its owner can enter, gone afterwards.
  const folder = await mkdtemp(join(tmpdir(), "daisee-upload-"));
  try {
    const parameters: string[] = [];
    for (const [index, { name, data }] of files.entries()) {
      const path = join(folder, String(index));
      await writeFile(path, data, { mode: 0o600 });
      parameters.push("--storage", `${name}:${path}`);
    }
    const output = await runEspruino(checksums(files), options, parameters);
    const stored = parseChecksums(output);
    const wrong = differing(files, stored ?? []).map(({ name }) => name);
    if (wrong.length > 0) throw new Error(`the board did not store ${wrong.join(", ")} as sent: run the same command again`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Restarts the board into what its Storage holds. */
export async function startFirmware(options: UploadOptions): Promise<void> {
  await runEspruino("setTimeout(function(){E.reboot()},100)", options);
}
