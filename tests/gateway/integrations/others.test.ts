/** CSV import, manual entry, CitizenWatt as a source, Prometheus: over real sockets, with settlement untouched. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { intervalsOf, MAX_GAP_MS } from "#gateway/integrations/citizenwatt-source/samples.ts";
import { PASSWORD } from "#tests/gateway/api/household.ts";
import { BOARD } from "#tests/gateway/api/home.ts";
import { START_UTC_MS } from "#tests/gateway/api/clock.ts";
import { createHouse, until } from "./house.ts";
import type { House } from "./house.ts";

const CSV = [
  "Start;End;Consumption_kWh;Production_W",
  "2025-12-01T00:00:00Z;2025-12-01T00:15:00Z;0,25;400",
  "2025-12-01T00:15:00Z;2025-12-01T00:30:00Z;0,5;",
  "yesterday;2025-12-01T00:45:00Z;1;1",
  "2025-12-01T00:45:00Z;2025-12-01T00:30:00Z;1;1",
  "2025-12-01T00:20:00Z;2025-12-01T00:40:00Z;1;",
  "2025-12-01T01:00:00Z;2025-12-01T01:15:00Z;-3;1",
  "too;many;fields;in;it",
  "2025-12-01T02:00:00Z;2025-12-01T02:15:00Z;0,125;0",
].join("\r\n");

describe("integrations beside the API", () => {
  let house: House;
  before(async () => {
    house = await createHouse(() => ({ csvImport: {}, prometheus: {}, citizenwattApi: {} }));
  });
  after(() => house.close());

  const importCsv = async (text: string, query: string): Promise<Response> =>
    fetch(`${house.url}/api/v1/external/import?${query}`, {
      method: "POST",
      headers: { ...(await house.home.headersOf("token control")), "Content-Type": "text/csv" },
      body: text,
    });
  // What comes is held by the assertions.
  const json = async (answer: Response | Promise<Response>) => Object(await (await answer).json());
  const settled = async () => ({
    readings: await house.home.store.unbatchedReadings(START_UTC_MS, 1000),
    latest: await house.home.store.latest(),
    checkpoints: await house.home.store.unbatchedCheckpoints(1000),
  });

  it("lists each with its state, those that are off too", async () => {
    const { items } = await json(house.home.ask("guest", "GET", "/integrations"));
    const states = Object.fromEntries(items.map(({ name, state }: Record<string, string>) => [name, state]));
    assert.deepEqual(states, { "citizenwatt-api": "working", "citizenwatt-source": "off", mqtt: "off", prometheus: "working", "csv-import": "working" });
  });

  it("imports what can be read of a file, names the lines that cannot, and settles nothing of it", async () => {
    const before = await settled();
    const report = await json(importCsv(CSV, "series=roof&name=Old%20meter"));
    assert.deepEqual([report.stored, report.duplicates, report.badRows], [5, 0, 5]);
    assert.deepEqual(report.bad.map(({ line }: { line: number }) => line), [4, 5, 6, 7, 8]);
    const { items } = await json(house.home.ask("guest", "GET", "/external"));
    const shown = items.filter(({ seriesId }: { seriesId: string }) => seriesId.startsWith("imported-roof")).map(({ seriesId, origin, kind, energyMwh }: Record<string, unknown>) => [seriesId, origin, kind, energyMwh]);
    assert.deepEqual(shown, [
      ["imported-roof-consumption", "imported", "consumption", 875_000],
      ["imported-roof-production", "imported", "production", 100_000],
    ]);
    const again = await json(importCsv(CSV, "series=roof"));
    assert.deepEqual([again.stored, again.duplicates], [0, 5]);
    assert.deepEqual(await settled(), before);
    const page = await json(house.home.ask("guest", "GET", "/external/imported-roof-consumption?limit=2"));
    const rest = await json(house.home.ask("guest", "GET", `/external/imported-roof-consumption?cursor=${page.nextCursor}`));
    assert.deepEqual([page.items.length, rest.items.length, rest.nextCursor], [2, 1, null]);
  });

  it("shows a series in steps of time with its origin, gaps as gaps, and settles nothing of it", async () => {
    await importCsv(CSV, "series=steps");
    const [from, to] = [Date.UTC(2025, 11, 1), Date.UTC(2025, 11, 1, 2, 30)];
    const shown = await json(house.home.ask("guest", "GET", `/external/imported-steps-consumption/series?resolution=quarter&fromUtcMs=${from}&toUtcMs=${to}`));
    assert.deepEqual([shown.origin, shown.kind, shown.resolution], ["imported", "consumption", "quarter"]);
    const energies = shown.items.map(({ energyMwh }: { energyMwh: number | null }) => energyMwh);
    assert.deepEqual(energies, [250_000, 500_000, null, null, null, null, null, null, 125_000, null]);
    const day = await json(house.home.ask("guest", "GET", `/external/imported-steps-consumption/series?resolution=day&fromUtcMs=${from}&toUtcMs=${to}`));
    assert.deepEqual(day.items.map(({ coveredMs, energyMwh }: Record<string, number>) => [coveredMs, energyMwh]), [[45 * 60_000, 875_000]]);
    // No meter, no reading, no energy by day has it: those are what boards metered, and what is settled.
    for (const path of ["/meters", "/boards", "/energy?period=day&from=2025-12-01&to=2025-12-01"]) {
      assert.ok(!(await (await house.home.ask("guest", "GET", path)).text()).includes("875000"), path);
    }
    for (const query of [`resolution=quarter&fromUtcMs=${to}&toUtcMs=${from}`, "resolution=minute&fromUtcMs=0&toUtcMs=4000000000000", "resolution=hour&fromUtcMs=0&toUtcMs=1"]) {
      assert.equal((await house.home.ask("guest", "GET", `/external/imported-steps-consumption/series?${query}`)).status, 400, query);
    }
  });

  it("refuses a file whose header says too little, and says what it needs", async () => {
    for (const [text, expected] of [
      ["a,b\n1,2", /names no column start/],
      ["time,energy\n1,2", /consumption_kwh/],
      ["time,consumption_kwh\n2025-12-01,2", /stepSeconds/],
      ["", /no rows/],
    ] as const) {
      const answer = await importCsv(text, "series=x");
      assert.equal(answer.status, 400);
      assert.match((await json(answer)).detail, expected);
    }
    // An hour that clocks show twice does not say which one is meant.
    const report = await json(importCsv("time,consumption_wh\n2025-10-26T02:30:00,5\n2025-10-26T04:30:00,7\n", "series=dst&stepSeconds=900&timeZone=Europe/Paris"));
    assert.deepEqual([report.stored, report.badRows], [1, 1]);
  });

  it("takes any bytes for a file without failing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 200 }), async (text) => {
        const { status } = await importCsv(`time,consumption_wh\n${text}`, "series=fuzz&stepSeconds=60");
        assert.ok(status === 200 || status === 400, String(status));
      }),
      { numRuns: 40 },
    );
    assert.deepEqual(house.home.errors, []);
  });

  it("takes what is typed in once, and deletes a series again", async () => {
    const entry = { series: "wood", name: "Stove", kind: "production", startUtcMs: START_UTC_MS - 3_600_000, endUtcMs: START_UTC_MS, energyMwh: 1_000_000 };
    assert.equal((await house.home.ask("guest", "POST", "/external", entry)).status, 403);
    assert.equal((await house.home.ask("member", "POST", "/external", entry)).status, 201);
    assert.equal((await house.home.ask("member", "POST", "/external", { ...entry, energyMwh: 5 })).status, 409);
    assert.equal((await house.home.ask("member", "POST", "/external", { ...entry, endUtcMs: entry.startUtcMs })).status, 400);
    assert.equal((await house.home.ask("owner", "DELETE", "/external/manual-wood-production")).status, 204);
    assert.equal((await house.home.ask("owner", "GET", "/external/manual-wood-production")).status, 404);
  });

  it("shows metrics in base units to a token, and to nobody else", async () => {
    assert.equal((await fetch(`${house.url}/metrics`)).status, 401);
    const answer = await fetch(`${house.url}/metrics`, { headers: await house.home.headersOf("token read") });
    assert.match(answer.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
    const text = await answer.text();
    const [bus] = (await house.home.store.latest()).readings.filter(({ meter }) => meter === 1);
    const valueOf = (name: string) => Number(new RegExp(`^${name}\\{board="${BOARD}",meter="1",kind="bus"\\} (\\S+)$`, "m").exec(text)?.[1]);
    assert.ok(Math.abs(valueOf("daisee_meter_imported_joules_total") - (bus?.importMwh ?? NaN) * 3.6) < 1e-6);
    assert.equal(valueOf("daisee_meter_voltage_volts"), (bus?.voltageMv ?? NaN) / 1000);
    assert.match(text, /^daisee_battery_charge_ratio\{.*\} 0\.\d+$/m);
    for (const [, name, type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) assert.equal(String(name).endsWith("_total"), type === "counter", name);
    const again = await (await fetch(`${house.url}/metrics`, { headers: await house.home.headersOf("token read") })).text();
    assert.match(again, /^daisee_integration_events_total\{integration="prometheus",event="scrapes"\} 1$/m);
  });

  it("reads another installation as a source, by the API that this gateway has itself, and survives that it is away", async () => {
    const reader = await createHouse(async (dataDir) => {
      await writeFile(join(dataDir, "p"), PASSWORD, { mode: 0o600 });
      return { citizenwattSource: { url: house.url, login: "guest", passwordPath: "p", pollSeconds: 1, backfillHours: 1 } };
    });
    try {
      const statusOf = () => reader.integrations.list().find(({ name }) => name === "citizenwatt-source");
      await until("a poll", () => (statusOf()?.counters["polls"] ?? 0) > 0);
      const seriesOf = async () => (await reader.home.store.externalSeries()).find(({ seriesId }) => seriesId === "citizenwatt-2");
      assert.equal((await seriesOf())?.origin, "citizenwatt");
      // The newest minute may still grow; it comes when it is over. The line carried about 1720 mA at 12.2 V for half of it.
      assert.equal((await seriesOf())?.energyMwh, 0);
      reader.clock.advance(90_000);
      await until("the newest minute", async () => ((await seriesOf())?.energyMwh ?? 0) > 0);
      const energyMwh = (await seriesOf())?.energyMwh ?? 0;
      assert.ok(energyMwh > 140 && energyMwh < 200, String(energyMwh));
      // The battery gives: negative watts are no consumption, and are counted as malformed.
      assert.ok((statusOf()?.counters["malformed"] ?? 0) > 0);
    } finally {
      await reader.close();
    }
    const lost = await createHouse(async (dataDir) => {
      await writeFile(join(dataDir, "p"), "wrong password", { mode: 0o600 });
      return { citizenwattSource: { url: house.url, login: "guest", passwordPath: "p", pollSeconds: 1 } };
    });
    try {
      const statusOf = () => lost.integrations.list().find(({ name }) => name === "citizenwatt-source");
      await until("an error", () => (statusOf()?.counters["errors"] ?? 0) > 0);
      assert.equal(statusOf()?.state, "retrying");
      assert.match(statusOf()?.lastError ?? "", /refuses the login/);
    } finally {
      await lost.close();
    }
  });
});

describe("energy of power samples", () => {
  it("is nothing over a gap, and never overlaps", () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 0, max: 3_000_000 })), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (walk) => {
        let utcMs = START_UTC_MS;
        const samples = walk.map(([seconds, powerMw]) => ({ utcMs: (utcMs += seconds * 1000), powerMw }));
        const intervals = intervalsOf(samples, false);
        let exactMwh = 0;
        let coveredMs = 0;
        for (const [place, sample] of samples.entries()) {
          const before = samples[place - 1];
          if (before === undefined || sample.utcMs - before.utcMs > MAX_GAP_MS) continue;
          coveredMs += sample.utcMs - before.utcMs;
          exactMwh += ((before.powerMw + sample.powerMw) / 2) * ((sample.utcMs - before.utcMs) / 3_600_000);
        }
        const sum = intervals.reduce((total, { energyMwh }) => total + energyMwh, 0);
        assert.ok(Math.abs(sum - exactMwh) <= intervals.length / 2 + 1e-6);
        assert.equal(intervals.reduce((total, { startUtcMs, endUtcMs }) => total + endUtcMs - startUtcMs, 0), coveredMs);
        for (const [place, { startUtcMs }] of intervals.entries()) assert.ok(startUtcMs >= (intervals[place - 1]?.endUtcMs ?? 0));
      }),
    );
  });
});
