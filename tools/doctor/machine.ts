/**
 * The machine under the gateway: clock, disk, its speed and wear, versions.
 * @module
 */
import { execFile } from "node:child_process";
import { mkdtemp, open, readFile, rm, stat, statfs } from "node:fs/promises";
import { release } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ok, problem, skipped, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

const run = promisify(execFile);
const MIB = 1024 * 1024;

/** Whether the operating system says that its clock is kept by a time server. */
export async function checkClock(): Promise<Finding> {
  try {
    const { stdout } = await run("timedatectl", ["show", "--property=NTPSynchronized", "--value"], { timeout: 5000 });
    if (stdout.trim() === "yes") return ok("clock", "kept by a time server");
    return problem("clock", "not kept by a time server", 'run "sudo timedatectl set-ntp true"; slots are cut by this clock');
  } catch {
    return skipped("clock", "this system has no timedatectl", "see that a time server keeps the clock, for instance with chrony");
  }
}

/** How the running Node fits what the project needs. */
export function checkVersions(node: string, daisee: string): Finding {
  const [major = 0, minor = 0] = node.split(".").map(Number);
  const text = `daisee ${daisee}, Node ${node}, ${process.platform} ${release()}, ${process.arch}`;
  const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 14) || major > 22;
  return fits ? ok("versions", text) : problem("versions", text, "install Node 20.19 or newer");
}

/** @param freeBytes left on the disk of the data folder. */
export function judgeDisk(freeBytes: number): Finding {
  const text = `${Math.round(freeBytes / MIB)} MiB free`;
  if (freeBytes < 64 * MIB) return problem("disk", text, "make room: the gateway refuses frames when the disk is full, and boards keep them");
  if (freeBytes < 1024 * MIB) return warning("disk", text, "make room, or shorten the retention in the settings");
  return ok("disk", text);
}

export async function checkDisk(dataDir: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(dataDir);
  return judgeDisk(bavail * bsize);
}

/** @param medianMs of one write of 4 KiB with its fsync. */
export function judgeFsync(medianMs: number): Finding {
  const text = `a durable write takes ${medianMs.toFixed(1)} ms`;
  if (medianMs > 200) return problem("fsync", text, "this card is too slow or worn out: use an SSD, or a card of endurance class");
  if (medianMs > 50) return warning("fsync", text, "acknowledgements will be slow: an SSD, or a card of endurance class, is better");
  return ok("fsync", text);
}

/** Writes 20 pages with an fsync each, in a folder of its own beside the data. */
export async function checkFsync(dataDir: string): Promise<Finding> {
  const folder = await mkdtemp(join(dataDir, ".doctor-"));
  try {
    const file = await open(join(folder, "page"), "w", 0o600);
    const times: number[] = [];
    try {
      const page = Buffer.alloc(4096, 1);
      for (let i = 0; i < 20; i++) {
        const startedMs = performance.now();
        await file.write(page, 0, page.length, i * page.length);
        await file.sync();
        times.push(performance.now() - startedMs);
      }
    } finally {
      await file.close();
    }
    times.sort((a, b) => a - b);
    return judgeFsync(times[10] ?? 0);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes that a card of consumer quality stands, as a multiple of its size; with wear levelling, conservatively. */
const CARD_CYCLES = 500;
const SECTOR_BYTES = 512;

/**
 * @param writtenBytes to the disk since the machine's start, by everything on it.
 * @param uptimeS since when.
 */
export function judgeWear(writtenBytes: number, sizeBytes: number, uptimeS: number): Finding {
  const perDay = (writtenBytes / uptimeS) * 86_400;
  const years = (sizeBytes * CARD_CYCLES) / perDay / 365;
  const text = `${Math.round(perDay / MIB)} MiB a day go to the disk; a card of its size would last about ${years > 50 ? "50 or more" : years.toFixed(0)} years`;
  if (uptimeS < 3600) return skipped("wear", "the machine has run for less than an hour", "ask again later");
  return years < 3 ? warning("wear", text, "see what writes so much (iotop), or use an SSD") : ok("wear", text);
}

/** By the kernel's count of written sectors of the disk that holds the data (Linux, Documentation/block/stat.rst: field 7). */
export async function checkWear(dataDir: string): Promise<Finding> {
  try {
    const { dev } = await stat(dataDir);
    // Linux's dev_t: major in bits 8 to 19, minor in the rest of the low 32.
    const device = `${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & 0xfff00)}`;
    const folder = `/sys/dev/block/${device}`;
    const [stats, size, uptime] = await Promise.all([readFile(`${folder}/stat`, "utf8"), readFile(`${folder}/size`, "utf8"), readFile("/proc/uptime", "utf8")]);
    const written = Number(stats.trim().split(/\s+/)[6]) * SECTOR_BYTES;
    return judgeWear(written, Number(size) * SECTOR_BYTES, Number.parseFloat(uptime));
  } catch {
    return skipped("wear", "this system does not count what is written to the disk", "ask the disk itself: smartctl, or mmc extcsd read");
  }
}
