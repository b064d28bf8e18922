/**
 * Asks a filled store for charts as the API would, in a process of its own whose memory is measured; prints JSON.
 * @module
 */
import process from "node:process";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";
import { boardIdOf } from "#gateway/store/sqlite/rows.ts";
import { METERS, START_UTC_MS } from "./store-year.ts";

export interface Asked {
  dayMs: number[];
  oldDayMs: number[];
  yearMs: number[];
  readingMs: number[];
  maxRssBytes: number;
}

const DAY_MS = 86_400_000;
const TURNS = 15;

const [path = "", days = ""] = process.argv.slice(2);
const endUtcMs = START_UTC_MS + Number(days) * DAY_MS;
const store = await openSqliteStore(path);
const meters = METERS.map(({ board, meter }) => ({ boardId: boardIdOf(board), meter }));

async function times(ask: (turn: number) => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    const start = performance.now();
    await ask(turn);
    taken.push(performance.now() - start);
  }
  return taken;
}

const asked: Asked = {
  dayMs: await times((turn) => store.series({ meters, resolution: "minute", fromUtcMs: endUtcMs - (turn + 1) * DAY_MS, toUtcMs: endUtcMs - turn * DAY_MS })),
  oldDayMs: await times((turn) => store.series({ meters, resolution: "minute", fromUtcMs: START_UTC_MS + turn * DAY_MS, toUtcMs: START_UTC_MS + (turn + 1) * DAY_MS })),
  yearMs: await times(() => store.series({ meters, resolution: "day", fromUtcMs: endUtcMs - 365 * DAY_MS, toUtcMs: endUtcMs })),
  readingMs: await times((turn) => store.reading({ boardId: meters[0]?.boardId ?? "", boot: 1, sequence: turn * 99_991 })),
  maxRssBytes: 0,
};
await store.storage();
for (let turn = 0; turn < 20; turn++) await store.readings({ fromUtcMs: START_UTC_MS + turn * 5 * DAY_MS, limit: 1000 });
await store.close();
console.log(JSON.stringify({ ...asked, maxRssBytes: process.resourceUsage().maxRSS * 1024 } satisfies Asked));
