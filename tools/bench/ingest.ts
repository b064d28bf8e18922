/**
 * Frames a second through the whole ingest – verified, decrypted, deduplicated, fsynced, then acknowledged – with 1,000 simulated boards in
 * a second process, beside the barest server and the barest store in the same run; and mosquitto and InfluxDB where they are installed.
 *
 * `FRAMES` sets how many frames the memory is watched over (default 1,000,000; 10000000 takes its time); `PROFILE` a folder for CPU profiles.
 * @module
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bench, Figure } from "./harness.ts";
import { median } from "./harness.ts";
import type { LoadReport } from "./ingest/load.ts";
import { measureInfluxdb } from "./ingest/influxdb.ts";
import { measureMosquitto } from "./ingest/mosquitto.ts";
import { findServer } from "./ingest/other-server.ts";
import type { Compared } from "./ingest/other-server.ts";
import { runLoad, startServer } from "./ingest/processes.ts";
import type { LoadOptions, Server } from "./ingest/processes.ts";
import type { ServerReport } from "./ingest/server.ts";
import { measureRaw } from "./ingest/raw.ts";

const BOARDS = 1000;
const PER_ROUND = 200;
const ROUNDS = Math.max(2, Math.round(Number(process.env["FRAMES"] ?? 1_000_000) / (BOARDS * PER_ROUND)));
const ECHO_ROUNDS = 4;
const CHECK_EVERY = 64;
const FORGED = 100_000;
/** About as long as the flood lasts. */
const FLOOD_ROUNDS = 3;
const FLOOD_PER_ROUND = 50;
/** At half of what it takes, a frame waits for a commit and not for other frames. */
const PACED_PART = 0.5;
const PACED_PER_ROUND = 60;
const RAW_ROWS = 100_000;
/** Readings that InfluxDB gets. */
const COMPARED = 20_000;
const MEBIBYTE = 1024 * 1024;

const rate = ({ frames, seconds }: LoadReport): number => frames / seconds;

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

/** What a server did in some rounds. */
interface Measured {
  reports: LoadReport[];
  memoryMib: number[];
  cpuMicros: number;
  /** Frames in a commit. */
  group: number;
}

/** Reports of all rounds, and the server's memory after each, in MiB. */
async function load(server: Server, part: Pick<LoadOptions, "first" | "rounds" | "perRound" | "checkEvery">): Promise<Pick<Measured, "reports" | "memoryMib">> {
  const reports: LoadReport[] = [];
  const memoryMib: number[] = [];
  await runLoad({ port: server.port, boards: BOARDS, everyMs: 0, ...part }, async (report) => {
    reports.push(report);
    memoryMib.push((await server.ask()).rssBytes / MEBIBYTE);
  });
  return { reports, memoryMib };
}

/** A server's CPU time per frame in µs, all its threads together: what other processes on the machine change least. */
function cpuPerFrame(before: ServerReport, after: ServerReport): number {
  return (after.cpuMicros - before.cpuMicros) / (after.accepted - before.accepted);
}

/** Rounds of the gateway and of the echo in turns, so that whatever else runs on the machine takes its part of both. */
async function measureInTurns(gateway: Server, echo: Server): Promise<{ gateway: Measured; echo: Measured }> {
  const measured = [gateway, echo].map(() => ({ reports: [] as LoadReport[], memoryMib: [] as number[] }));
  const before = await Promise.all([gateway.ask(), echo.ask()]);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, server] of [gateway, echo].entries()) {
      if (index === 1 && round >= ECHO_ROUNDS) continue;
      const { reports, memoryMib } = await load(server, { first: round * PER_ROUND, rounds: 1, perRound: PER_ROUND, checkEvery: index === 0 ? CHECK_EVERY : 0 });
      measured[index]?.reports.push(...reports);
      measured[index]?.memoryMib.push(...memoryMib);
    }
  }
  const after = await Promise.all([gateway.ask(), echo.ask()]);
  const result = (index: 0 | 1): Measured => {
    const group = Math.max(1, Math.round((after[index].accepted - before[index].accepted) / (after[index].commits - before[index].commits)));
    return { ...(measured[index] ?? { reports: [], memoryMib: [] }), cpuMicros: cpuPerFrame(before[index], after[index]), group };
  };
  return { gateway: result(0), echo: result(1) };
}

/** Times to acknowledgement when the boards send half as much as the gateway takes. */
async function measurePaced(server: Server, first: number, framesPerSecond: number): Promise<number[]> {
  const everyMs = Math.ceil((BOARDS * 1000) / (framesPerSecond * PACED_PART));
  const latenciesMs: number[] = [];
  const rounds = { first, rounds: 1, perRound: PACED_PER_ROUND };
  await runLoad({ port: server.port, boards: BOARDS, ...rounds, checkEvery: 0, everyMs }, (report) => void latenciesMs.push(...report.latenciesMs));
  return latenciesMs;
}

/** The same load while a stranger floods the gateway. */
async function measureFlooded(server: Server, first: number): Promise<LoadReport[]> {
  const script = fileURLToPath(new URL("ingest/flood.ts", import.meta.url));
  const flood = fork(script, [String(server.port), String(FORGED)], { execArgv: ["--import", "tsx"] });
  const ended = once(flood, "exit");
  const { reports } = await load(server, { first, rounds: FLOOD_ROUNDS, perRound: FLOOD_PER_ROUND, checkEvery: CHECK_EVERY });
  await ended;
  return reports;
}

/** A server of others' on the same readings, where it is installed. */
async function compare(server: string, how: string, measure: (binary: string) => Promise<Compared>): Promise<Figure[]> {
  const binary = findServer(server);
  if (binary === undefined) {
    console.log(`  ${server} is not installed: no comparison with it`);
    return [];
  }
  const { perSecond, acknowledged, lost } = await measure(binary);
  return [
    { name: `${server}, ${how}`, value: perSecond, unit: "readings/s" },
    { name: `${server}: lost at kill -9, of ${acknowledged} acknowledged`, value: lost, unit: "readings", reference: { name: "here (tests/gateway/ingest/kill.test.ts)", value: 0 } },
  ];
}

async function compareOthers(folder: string, group: number): Promise<Figure[]> {
  const influxdb = (perWrite: number) => (binary: string) => measureInfluxdb(binary, folder, COMPARED, perWrite);
  return [
    ...(await compare("mosquitto", "QoS 1, 20 publishers", (binary) => measureMosquitto(binary, folder))),
    ...(await compare("influxd", "20 writers, one reading a write", influxdb(1))),
    ...(await compare("influxd", `20 writers, ${group} readings a write`, influxdb(group))),
  ];
}

export const ingest: Bench = {
  name: "ingest",
  summary: "frames a second from 1,000 boards to the disk and acknowledged, beside a bare echo and bare SQLite; a flood; memory",
  async run(): Promise<Figure[]> {
    const folder = await mkdtemp(join(tmpdir(), "daisee-bench-"));
    try {
      const echoServer = await startServer("echo", folder, BOARDS);
      const server = await startServer("gateway", folder, BOARDS);
      const { gateway, echo } = await measureInTurns(server, echoServer);
      await echoServer.stop();
      const { reports, memoryMib, group } = gateway;
      const flooded = await measureFlooded(server, ROUNDS * PER_ROUND);
      const pacedMs = await measurePaced(server, ROUNDS * PER_ROUND + FLOOD_ROUNDS * FLOOD_PER_ROUND, median(reports.map(rate)));
      await server.stop();
      const raw = measureRaw(join(folder, "raw.sqlite"), RAW_ROWS, group);
      const others = await compareOthers(folder, group);
      const frames = reports.reduce((sum, report) => sum + report.frames, 0);
      const latencies = reports.flatMap(({ latenciesMs }) => latenciesMs);
      const boardsMicros = reports.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0) / frames;
      const [one, five] = loadavg();
      console.log(
        `  ${cpus().length} cores for the gateway's ${gateway.cpuMicros.toFixed(0)} µs of CPU a frame and the boards' ${boardsMicros.toFixed(0)} µs (the echo's ${echo.cpuMicros.toFixed(0)} µs), and for` +
          ` whatever else runs here: load ${one?.toFixed(1)}, ${five?.toFixed(1)} before. Filing is in the rate: 32,768 records at most wait for it.`,
      );
      const floodedLatencies = flooded.flatMap(({ latenciesMs }) => latenciesMs);
      const [firstMib = NaN] = memoryMib;
      return [
        { name: `frames acknowledged, in commits of ${group}`, value: median(reports.map(rate)), unit: "frames/s", reference: { name: "UDP echo with the same HMAC and AES", value: median(echo.reports.map(rate)) }, aim: { of: "ratio", atLeast: 0.5 } },
        { name: "frames acknowledged", value: median(reports.map(rate)), unit: "frames/s", reference: { name: `rows by bare SQLite, FULL, commits of ${group}`, value: raw }, aim: { of: "value", atLeast: 30_000 } },
        { name: "CPU time per frame, all threads", value: gateway.cpuMicros, unit: "µs", reference: { name: "UDP echo's", value: echo.cpuMicros } },
        { name: "acknowledgement at half of that rate, half", value: quantile(pacedMs, 0.5), unit: "ms" },
        { name: "acknowledgement at half of that rate, 99 of 100", value: quantile(pacedMs, 0.99), unit: "ms", aim: { of: "value", atMost: 60 } },
        { name: "acknowledgement, half", value: quantile(latencies, 0.5), unit: "ms" },
        { name: "acknowledgement, 99 of 100", value: quantile(latencies, 0.99), unit: "ms", aim: { of: "value", atMost: 60 } },
        { name: `acknowledgement, half, during ${FORGED} forged frames`, value: quantile(floodedLatencies, 0.5), unit: "ms", reference: { name: "without", value: quantile(latencies, 0.5) } },
        { name: `acknowledgement, 99 of 100, during ${FORGED} forged frames`, value: quantile(floodedLatencies, 0.99), unit: "ms", reference: { name: "without", value: quantile(latencies, 0.99) } },
        { name: "frames sent again", value: reports.reduce((sum, report) => sum + report.retransmitted, 0), unit: "frames" },
        { name: `memory after ${ROUNDS * PER_ROUND * BOARDS} frames`, value: memoryMib.at(-1) ?? NaN, unit: "MiB", reference: { name: `after ${BOARDS * PER_ROUND}`, value: firstMib }, aim: { of: "value", atMost: 250 } },
        ...others,
      ];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
