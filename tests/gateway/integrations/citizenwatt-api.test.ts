/** What a program that was written for CitizenWatt gets. */
import assert from "node:assert/strict";
import { PASSWORD } from "#tests/gateway/api/household.ts";
import { BOARD } from "#tests/gateway/api/home.ts";
import { START_UTC_MS } from "#tests/gateway/api/clock.ts";
import { createHouse } from "./house.ts";
import type { House } from "./house.ts";

const TARIFF = {
  name: "Two prices",
  currency: "EUR",
  timeZone: "Europe/Paris",
  validFrom: "2025-12-01",
  bands: [
    { name: "day", importMicroPerKwh: 227_600, exportMicroPerKwh: 0, windows: [] },
    { name: "night", importMicroPerKwh: 160_000, exportMicroPerKwh: 0, windows: [{ from: "22:00", to: "06:00" }] },
  ],
  fixed: { micro: 9_000_000, per: "month" },
  subscribedPowerW: 6000,
  meters: [],
};
const NOW = START_UTC_MS / 1000;

describe("the API of CitizenWatt", () => {
  let house: House;
  before(async () => {
    house = await createHouse(() => ({ citizenwattApi: {} }));
  });
  after(() => house.close());

  /** As DAISEE's programs ask: a form that says it is JSON. */
  const ask = (path: string, form: Record<string, string> = { login: "guest", password: PASSWORD }): Promise<Response> =>
    fetch(`${house.url}/api${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: new URLSearchParams(form).toString() });
  // What comes is held by the assertions.
  const get = async (path: string) => Object(await (await ask(path)).json());

  it("is refused without a session or a login that fits, and lets in by each", async () => {
    assert.equal((await fetch(`${house.url}/api/sensors`)).status, 403);
    assert.equal((await ask("/sensors", {})).status, 403);
    const { Cookie } = await house.home.headersOf("guest");
    assert.equal((await fetch(`${house.url}/api/sensors`, { headers: { Cookie: Cookie ?? "" } })).status, 200);
    assert.equal((await fetch(`${house.url}/api/sensors`, { method: "POST", body: JSON.stringify({ login: "guest", password: PASSWORD }) })).status, 200);
    assert.equal((await ask("/sensors")).status, 200);
  });

  it("opens one session for a program that asks again and again, which ends when it is ended", async () => {
    const before = house.home.access.sessions.list().length;
    for (let turn = 0; turn < 5; turn++) assert.equal((await ask("/time", { login: "member", password: PASSWORD })).status, 200);
    assert.equal(house.home.access.sessions.list().length, before + 1);
    await house.home.access.sessions.endOf(house.home.accountIds.member);
    await house.home.access.accounts.change(house.home.accountIds.member, { password: "another one altogether" });
    assert.equal((await ask("/time", { login: "member", password: PASSWORD })).status, 403);
  });

  it("gives meters as sensors by numbers that stay", async () => {
    const { data } = await get("/sensors");
    assert.deepEqual(data, [
      { id: 1, name: "Battery line", type: "battery", type_id: 3 },
      { id: 2, name: "Bus line", type: "bus", type_id: 4 },
    ]);
    assert.deepEqual((await get("/sensors/2")).data, data[1]);
    assert.equal((await get("/sensors/9")).data, null);
    assert.deepEqual((await get("/types")).data.map(({ id }: { id: number }) => id), [1, 2, 3, 4]);
    assert.equal((await get("/time")).data, NOW);
  });

  it("has no rate and no provider without a tariff", async () => {
    assert.equal((await get("/1/get/watts/by_id/-1")).rate, null);
    assert.equal((await get("/energy_providers")).data, null);
    assert.equal((await get("/energy_providers/current")).data, null);
    assert.equal((await get("/current/watt_to_euros/day/2")).data, null);
  });

  it("gives measures by id and by time", async () => {
    const [latest] = (await house.home.store.latest()).readings.filter(({ meter }) => meter === 1);
    assert.ok(latest !== undefined);
    const newest = { id: NOW, sensor_id: 2, value: (latest.currentMa * latest.voltageMv) / 1e6, timestamp: NOW, night_rate: -1 };
    assert.deepEqual((await get("/2/get/watts/by_id/-1")).data, newest);
    assert.deepEqual((await get(`/2/get/watts/by_id/${NOW}`)).data, newest);
    assert.deepEqual((await get(`/2/get/watts/by_time/${NOW}`)).data, newest);
    assert.equal((await get(`/2/get/watts/by_time/${NOW + 1}`)).data, null);
    const range = (await get(`/2/get/watts/by_time/${NOW - 9}/${NOW + 1}`)).data;
    assert.deepEqual(range.map(({ timestamp }: { timestamp: number }) => timestamp), Array.from({ length: 10 }, (_, i) => NOW - 9 + i));
    assert.deepEqual((await get("/2/get/watts/by_id/-10/0")).data, range);
    assert.deepEqual((await get("/2/get/watts/by_id/-10/-8")).data, range.slice(0, 2));
    assert.deepEqual((await get(`/2/get/watts/by_id/${NOW - 9}/${NOW + 1}`)).data, range);
    assert.deepEqual((await get("/2/get/watts/by_id/-120")).data.timestamp, NOW - 119);
    assert.equal((await get("/2/get/watts/by_id/-121")).data, null);
    assert.equal((await get(`/2/get/watts/by_time/${NOW + 5}/${NOW + 9}`)).data, null);
    assert.equal((await get("/9/get/watts/by_id/-1")).data, null);
  });

  it("answers the calls of DAISEE's own programs: the time, and all watts from one moment to another, both with fractions", async () => {
    house.clock.advance(250);
    try {
      // They ask for the time, and take what they are told as it is.
      const until: unknown = (await get("/time")).data;
      assert.equal(until, NOW + 0.25);
      const { data } = await get(`/2/get/watts/by_time/${until - 16}/${until}`);
      assert.deepEqual(data.map(({ timestamp }: { timestamp: number }) => timestamp), Array.from({ length: 16 }, (_, i) => NOW - 15 + i));
      // What they make of it: the sum of whole watts, of measures that are newer than the one before.
      let newest = 0;
      let sum = 0;
      for (const { timestamp, value } of data) {
        assert.ok(Number.isInteger(timestamp) && timestamp > newest && typeof value === "number");
        newest = timestamp;
        sum += Math.trunc(value);
      }
      assert.ok(sum > 16 * 15 && sum < 16 * 25, String(sum));
      assert.equal((await get(`/2/get/watts/by_time/${until}`)).data, null, "no measure is at a fraction of a second");
      assert.ok((await get(`/2/get/kwatthours/by_time/${until - 16}/${until}`)).data.value > 0);
    } finally {
      house.clock.advance(-250);
    }
  });

  it("refuses more than 500 ids, and bounds in the wrong order", async () => {
    assert.equal((await ask("/2/get/watts/by_id/0/501")).status, 403);
    assert.equal((await ask("/2/get/watts/by_id/-501/0")).status, 403);
    assert.equal((await ask("/2/get/watts/by_id/5/4")).status, 400);
    assert.equal((await ask("/2/get/kwatthours/by_time/5/4")).status, 400);
    assert.equal((await ask("/2/get/watts/by_time/5/4/1")).status, 400);
    assert.equal((await ask(`/2/get/kwatthours/by_time/0/${NOW}/1`)).status, 400);
    assert.equal((await ask("/2/get/joules/by_time/1/2")).status, 404);
  });

  it("counts energy by the meter's counters, each step once, and prices it", async () => {
    assert.equal((await house.home.ask("owner", "POST", "/tariffs", TARIFF)).status, 201);
    const all = (await house.home.store.readings({ boardId: BOARD, meter: 1, limit: 1000 })).map(({ importMwh }) => importMwh);
    const kwh = ((all.at(-1) ?? 0) - (all[0] ?? 0)) / 1e6;
    assert.ok(kwh > 0);
    const { data, rate } = await get(`/2/get/kwatthours/by_time/${NOW - 200}/${NOW + 1}`);
    assert.ok(Math.abs(data.value - kwh) < 1e-9, `${data.value} ${kwh}`);
    // 2026-01-01 01:02 in Paris.
    assert.equal(rate, "night");
    assert.deepEqual([data.day_rate, data.night_rate], [0, data.value]);
    const steps = (await get(`/2/get/kwatthours/by_time/${NOW - 200}/${NOW + 1}/7`)).data;
    assert.equal(steps.length, Math.ceil(201 / 7));
    assert.equal(steps[0], null);
    const sum = steps.reduce((total: number, step: { value: number } | null) => total + (step?.value ?? 0), 0);
    assert.ok(Math.abs(sum - kwh) < 1e-9, `${sum}`);
    const money = (await get(`/2/get/euros/by_time/${NOW - 200}/${NOW + 1}`)).data;
    assert.deepEqual(Object.keys(money), ["value"]);
    assert.ok(Math.abs(money.value - kwh * 0.16) < 1e-9);
    assert.equal((await get("/2/get/watts/by_id/-1")).data.night_rate, 1);
    const watts = (await get(`/2/get/watts/by_time/${NOW - 200}/${NOW + 1}/60`)).data;
    assert.equal(watts.length, 4);
    assert.equal(watts[0], null);
  });

  it("gives tariffs as providers, with their fixed part and their night", async () => {
    const { data } = await get("/energy_providers/current");
    assert.deepEqual(data, {
      id: 1,
      name: "Two prices",
      type_id: 1,
      day_slope_watt_euros: 0.2276,
      day_constant_watt_euros: 9,
      night_slope_watt_euros: 0.16,
      night_constant_watt_euros: 9,
      current: 1,
      threshold: 6000,
      start_night_rate: "22:00",
      end_night_rate: "06:00",
    });
    assert.deepEqual((await get("/energy_providers")).data, [data]);
    assert.deepEqual((await get("/energy_providers/1")).data, data);
    assert.equal((await get("/1/watt_to_euros/night/2.5")).data, 0.4);
    assert.equal((await get("/current/watt_to_euros/day/10")).data, 2.276);
  });

  it("lets nobody add to what was metered, or take of it", async () => {
    const before = await house.home.store.readings({ boardId: BOARD, limit: 1000 });
    assert.equal((await get(`/2/insert/100/${NOW}/0`)).data, false);
    assert.equal((await get(`/2/delete/by_time/0/${NOW}`)).data, null);
    assert.equal((await get("/2/delete/by_id/1")).data, null);
    assert.deepEqual(await house.home.store.readings({ boardId: BOARD, limit: 1000 }), before);
  });

  it("locks who guesses, as the log-in does", async () => {
    for (let turn = 0; turn < 5; turn++) assert.equal((await ask("/sensors", { login: "owner", password: `guess number ${turn}` })).status, 403);
    assert.equal((await ask("/sensors", { login: "owner", password: PASSWORD })).status, 403);
  });
});
