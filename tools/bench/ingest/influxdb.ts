/**
 * InfluxDB 1.x, where it is installed, on the same readings: acknowledged readings a second, one or many in a write, and how many of them are
 * gone after kill -9. It syncs its log before it answers, as the gateway does.
 * @module
 */
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePorts } from "#chain/ports.ts";
import { boardIdOf, readingOf } from "./boards.ts";
import { startOther } from "./other-server.ts";
import type { Compared } from "./other-server.ts";

const WRITERS = 20;
const DATABASE = "daisee";
const NO_CONTENT = 204;

/** A board's reading as a line of InfluxDB's protocol; its uptime stands for a time in ms. */
function lineOf(index: number, number: number): string {
  const { meter, uptimeMs, kind: _kind, ...values } = readingOf(index, number);
  const fields = Object.entries(values).map(([name, value]) => `${name}=${value}i`);
  return `reading,board=${boardIdOf(index)},meter=${meter} ${fields.join(",")} ${uptimeMs}`;
}

function settingsOf(folder: string, httpPort: number, rpcPort: number): string {
  const files = `[meta]\ndir = "${folder}/meta"\n[data]\ndir = "${folder}/data"\nwal-dir = "${folder}/wal"\nquery-log-enabled = false\n`;
  const http = `[http]\nbind-address = "127.0.0.1:${httpPort}"\nlog-enabled = false\n`;
  return `reporting-disabled = true\nbind-address = "127.0.0.1:${rpcPort}"\n${files}[monitor]\nstore-enabled = false\n${http}`;
}

async function query(url: string, text: string): Promise<unknown> {
  const response = await fetch(`${url}/query?db=${DATABASE}`, { method: "POST", body: new URLSearchParams({ q: text }) });
  assert.ok(response.ok, await response.clone().text());
  return response.json();
}

async function countReadings(url: string): Promise<number> {
  // InfluxDB's answer to a count.
  const { results } = (await query(url, "SELECT count(importMwh) FROM reading")) as { results: { series?: { values: [string, number][] }[] }[] };
  return results[0]?.series?.[0]?.values[0]?.[1] ?? 0;
}

/** @param perWrite readings in a write; each writer's next one follows the answer to the one before. */
export async function measureInfluxdb(binary: string, parent: string, readings: number, perWrite: number): Promise<Compared> {
  const folder = join(parent, `influxdb-${perWrite}`);
  await mkdir(folder);
  const [httpPort = NaN, rpcPort = NaN] = await freePorts(2);
  const settings = join(folder, "influxdb.conf");
  await writeFile(settings, settingsOf(folder, httpPort, rpcPort));
  const url = `http://127.0.0.1:${httpPort}`;
  const parameters = ["run", "-config", settings];
  const probe = async (): Promise<void> => {
    await fetch(`${url}/ping`);
  };
  const kill = await startOther(binary, parameters, probe);
  await query(url, `CREATE DATABASE ${DATABASE}`);
  const perWriter = Math.ceil(readings / WRITERS / perWrite) * perWrite;
  const startMs = performance.now();
  await Promise.all(
    Array.from({ length: WRITERS }, async (_, writer) => {
      for (let first = 0; first < perWriter; first += perWrite) {
        const body = Array.from({ length: perWrite }, (__, at) => lineOf(writer, first + at)).join("\n");
        const { status } = await fetch(`${url}/write?db=${DATABASE}&precision=ms`, { method: "POST", body });
        assert.equal(status, NO_CONTENT);
      }
    }),
  );
  const seconds = (performance.now() - startMs) / 1000;
  await kill();
  const killAgain = await startOther(binary, parameters, probe);
  const found = await countReadings(url);
  await killAgain();
  const acknowledged = WRITERS * perWriter;
  return { perSecond: acknowledged / seconds, acknowledged, lost: acknowledged - found };
}
