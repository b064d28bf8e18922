/**
 * What a process wrote and synced, as strace saw it: one file for each thread, every call with the time at which it began.
 * @module
 */
import { readFile, readdir } from "node:fs/promises";
import { basename, join } from "node:path";

export type Operation =
  | { kind: "write"; file: string; at: number; data: Buffer }
  | { kind: "truncate"; file: string; size: number }
  | { kind: "sync"; file: string }
  /** A line on standard output. */
  | { kind: "print"; line: string };

/** Options of strace that give what {@link readTrace} reads: whole buffers in hex, paths beside file numbers. */
export const STRACE = ["-ff", "-ttt", "-y", "-xx", "-s", "100000", "-e", "trace=pwrite64,write,fsync,fdatasync,ftruncate"];

const STANDARD_OUTPUT = 1;
const CALL = /^(\d+\.\d+) (\w+)\((\d+)<((?:\\x[0-9a-f]{2})*)>(?:, (?:"((?:\\x[0-9a-f]{2})*)", )?(.*))?\) += \d+$/;

const unescape = (text: string): Buffer => Buffer.from(text.replaceAll("\\x", ""), "hex");

function operationOf(call: string, descriptor: number, path: string, data: Buffer, rest: string): Operation | null {
  const file = basename(path);
  if (call === "fsync" || call === "fdatasync") return { kind: "sync", file };
  if (call === "ftruncate") return { kind: "truncate", file, size: Number(rest) };
  // "length, offset"
  if (call === "pwrite64") return { kind: "write", file, at: Number(rest.split(", ")[1]), data };
  // Only whole lines of our own: the loader's helper process writes there, too.
  const isLine = call === "write" && descriptor === STANDARD_OUTPUT && data.toString().startsWith("ack ");
  return isLine ? { kind: "print", line: data.toString().trim() } : null;
}

/** All operations in the order in which they began. Throws at a call on the store's files that it cannot read. */
export async function readTrace(folder: string, prefix: string): Promise<Operation[]> {
  const files = (await readdir(folder)).filter((name) => name.startsWith(`${prefix}.`));
  const calls: { time: number; operation: Operation }[] = [];
  for (const name of files) {
    for (const line of (await readFile(join(folder, name), "latin1")).split("\n")) {
      const match = CALL.exec(line);
      if (match === null) {
        if (/sqlite/.test(line)) throw new Error(`power cut: a call that the model does not know: ${line.slice(0, 200)}`);
        continue;
      }
      const [, time, call = "", descriptor, path = "", data = "", rest = ""] = match;
      const operation = operationOf(call, Number(descriptor), unescape(path).toString(), unescape(data), rest);
      if (operation !== null) calls.push({ time: Number(time), operation });
    }
  }
  return calls.toSorted((a, b) => a.time - b.time).map(({ operation }) => operation);
}
