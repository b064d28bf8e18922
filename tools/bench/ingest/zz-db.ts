import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBoards } from "#gateway/store/sqlite/boards.ts";
import { openDatabase } from "#gateway/store/sqlite/database.ts";
import { createFrames } from "#gateway/store/sqlite/frames.ts";
import { createHistory } from "#gateway/store/sqlite/history.ts";
import { createJournal } from "#gateway/store/sqlite/journal.ts";
import { packFrames } from "#gateway/store/sqlite/transfer.ts";
import { admission, boardIdOf, readingOf } from "./boards.ts";
const folder = mkdtempSync(join(tmpdir(), "daisee-zz-"));
const database = openDatabase(join(folder, "s.sqlite"));
const boards = createBoards(database);
const B = 1000, G = 333;
for (let i = 0; i < B; i++) boards.admitBoard(admission(i));
const frames = createFrames(database, createHistory(database).intake);
const journal = createJournal(database, frames);
const T0 = 1_700_000_000_000;
let n = 0;
const group = () => Array.from({ length: G }, () => {
  const index = n % B, number = Math.floor(n / B); n++;
  const r = readingOf(index, number);
  return { boardId: boardIdOf(index), frameBoot: 12, frameNumber: number, receivedUtcMs: T0, frameBootUtcMs: T0, bootUtcMs: T0, frame: { stream: 0 as const, uptimeMs: r.uptimeMs + 40, boot: 12, sequence: number, records: [r] } };
});
const PER = 50_000;
for (let round = 0; round < 5; round++) {
  const groups = Array.from({ length: PER / G }, () => packFrames(group()));
  const c = process.cpuUsage(); const w = performance.now();
  for (const g of groups) journal.commitPacked(g);
  const { user, system } = process.cpuUsage(c);
  console.log(`user ${(user / PER).toFixed(1)} sys ${(system / PER).toFixed(1)} µs/frame, wall ${((performance.now() - w) * 1000 / PER).toFixed(1)}, rss ${(process.memoryUsage.rss() / 2**20).toFixed(0)}`);
}
database.close();
rmSync(folder, { recursive: true });
