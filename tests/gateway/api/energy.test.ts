import assert from "node:assert/strict";
import { FLAG, STREAM } from "#firmware/wire/records.ts";
import type { Reading } from "#firmware/wire/records.ts";
import { meterIdOf } from "#contracts/meter-id.ts";
import { energy, money } from "#gateway/api/schemas/energy.ts";
import { series } from "#gateway/api/schemas/series.ts";
import { storage, storeSettings } from "#gateway/api/schemas/storage.ts";
import { tariff, tariffList } from "#gateway/api/schemas/tariffs.ts";
import { startOfDay } from "#gateway/tariffs/time-zone.ts";
import { createTestClock } from "./clock.ts";
import { createHousehold } from "./household.ts";
import type { Household } from "./household.ts";

const KITCHEN = "24a1600000aa";
const PARIS = "Europe/Paris";
const MINUTE_MS = 60_000;
/** A reading each 5 minutes, of 600 W. */
const STEP_MS = 5 * MINUTE_MS;
const STEP_MWH = 50_000;
/** In March 2026 the clock changes in Paris on the 29th: a day of 23 hours. */
const FROM_MS = startOfDay(PARIS, "2026-03-28");
const UNTIL_MS = startOfDay(PARIS, "2026-03-31");
/** Without readings, on the 30th from 10:00 to 13:00 local time; the meter counts on at the same power. */
const GAP = { from: startOfDay(PARIS, "2026-03-30") + 10 * 3_600_000, to: startOfDay(PARIS, "2026-03-30") + 13 * 3_600_000 };

const NIGHT = { name: "night", importMicroPerKwh: 182_800, exportMicroPerKwh: 0, windows: [{ from: "22:00", to: "06:00" }] };
const DAY = { name: "day", importMicroPerKwh: 246_000, exportMicroPerKwh: 0, windows: [] };
const TARIFF = {
  name: "City power",
  currency: "EUR",
  timeZone: PARIS,
  validFrom: "2026-01-01",
  bands: [NIGHT, DAY],
  fixed: { micro: 15_500_000, per: "month" },
  subscribedPowerW: 500,
  meters: [],
};

describe("energy and money", () => {
  const clock = createTestClock(UNTIL_MS + 3_600_000);
  let home: Household;
  before(async () => {
    home = await createHousehold(clock);
    const { store } = home;
    await store.changeStoreSettings({ timeZone: PARIS });
    const meters = [{ meter: 0, kind: "load" as const, name: "Kitchen", ratedPowerW: 3000 }];
    await store.admitBoard({
      boardId: KITCHEN,
      name: "Kitchen",
      role: "consumer",
      meters,
      wrappedSecret: new Uint8Array(60),
      admittedUtcMs: FROM_MS,
    });
    const records: Reading[] = [];
    const afterGap: Reading[] = [];
    for (let at = FROM_MS, importMwh = 1_000_000; at <= UNTIL_MS; at += STEP_MS, importMwh += STEP_MWH) {
      if (at > GAP.from && at < GAP.to) continue;
      const power = { currentMa: 50_000, minCurrentMa: 50_000, maxCurrentMa: 50_000, voltageMv: 12_000 };
      const isAfter = at >= GAP.to;
      (isAfter ? afterGap : records).push({
        kind: "reading",
        meter: 0,
        uptimeMs: at - FROM_MS + STEP_MS,
        ...power,
        importMwh,
        exportMwh: 0,
        relays: 1,
        flags: at === GAP.to ? FLAG.gap : 0,
      });
    }
    const boot = { boot: 1, frameBoot: 1, frameBootUtcMs: FROM_MS - STEP_MS, bootUtcMs: FROM_MS - STEP_MS };
    let frameNumber = 0;
    const commit = async (all: Reading[], firstSequence: number) => {
      for (let from = 0; from < all.length; from += 200) {
        const run = all.slice(from, from + 200);
        const frame = {
          stream: STREAM.fine,
          uptimeMs: run.at(-1)?.uptimeMs ?? 0,
          boot: boot.boot,
          sequence: firstSequence + from,
          records: run,
        };
        await store.commitFrames([{ boardId: KITCHEN, ...boot, frameNumber: ++frameNumber, receivedUtcMs: clock.nowMs(), frame }]);
      }
    };
    await commit(records, 0);
    // What was made in between was overwritten before it was sent.
    await commit(afterGap, records.length + 35);
  });
  after(() => home.close());

  const get = async (path: string): Promise<unknown> => {
    const response = await home.ask("guest", "GET", path);
    const body: unknown = await response.json();
    assert.equal(response.status, 200, JSON.stringify(body));
    return body;
  };
  const DAYS = "period=day&from=2026-03-28&to=2026-03-30";

  it("tells each day's energy, the short day's too, and none is lost at a day's edge or in a gap", async () => {
    const { items, timeZone } = energy.parse(await get(`/energy?${DAYS}&boardId=${KITCHEN}`));
    assert.equal(timeZone, PARIS);
    assert.deepEqual(
      items.map(({ date, meters: [one] }) => [date, one?.importMwh, one?.exportMwh, one?.estimatedMwh]),
      [
        ["2026-03-28", 24 * 12 * STEP_MWH, 0, 0],
        ["2026-03-29", 23 * 12 * STEP_MWH, 0, 0],
        ["2026-03-30", 24 * 12 * STEP_MWH, 0, 3 * 12 * STEP_MWH],
      ],
    );
    assert.deepEqual(
      items.map(({ startUtcMs, endUtcMs }) => (endUtcMs - startUtcMs) / 3_600_000),
      [24, 23, 24],
    );
    const [month] = energy.parse(await get(`/energy?period=month&from=2026-03-01&to=2026-03-31&boardId=${KITCHEN}`)).items;
    assert.equal(month?.meters[0]?.importMwh, (24 + 23 + 24) * 12 * STEP_MWH);
  });

  it("shows a gap as a gap in a series, its energy known and its power not", async () => {
    const bounds = `fromUtcMs=${GAP.from - 900_000}&toUtcMs=${GAP.to + 900_000}`;
    const { items } = series.parse(await get(`/series?boardId=${KITCHEN}&meter=0&resolution=quarter&${bounds}`));
    assert.equal(items.length, 14);
    const inGap = items.slice(1, 13);
    assert.ok(inGap.every(({ coveredMs, importMwh, estimatedMwh }) => coveredMs === 0 && importMwh === estimatedMwh));
    // The first reading after the gap ends on the edge of its last step.
    assert.ok(inGap.slice(0, -1).every(({ powerMw, voltageMv }) => powerMw === null && voltageMv === null));
    assert.equal(
      inGap.reduce((sum, { importMwh }) => sum + (importMwh ?? 0), 0),
      3 * 12 * STEP_MWH,
    );
    assert.deepEqual([items[0]?.powerMw, items[0]?.estimatedMwh, items[13]?.powerMw], [600_000, 0, 600_000]);
  });

  it("keeps a tariff as it was given: night stays night", async () => {
    const created = await home.ask("owner", "POST", "/tariffs", TARIFF);
    assert.equal(created.status, 201);
    const { tariffId, ...kept } = tariff.parse(await created.json());
    assert.deepEqual(kept, TARIFF);
    assert.deepEqual(tariffList.parse(await get("/tariffs")).items, [{ tariffId, ...TARIFF }]);
    assert.equal((await home.ask("owner", "POST", "/tariffs", TARIFF)).status, 409);
    assert.equal((await home.ask("owner", "POST", "/tariffs", { ...TARIFF, validFrom: "2026-02-30" })).status, 400);
    assert.equal(
      (await home.ask("owner", "POST", "/tariffs", { ...TARIFF, validFrom: "2026-05-01", timeZone: "Mars/Olympus" })).status,
      400,
    );
    assert.equal((await home.ask("owner", "POST", "/tariffs", { ...TARIFF, validFrom: "2026-05-01", currency: "CHF" })).status, 409);
    assert.equal((await home.ask("owner", "POST", "/tariffs", { ...TARIFF, validFrom: "2026-05-01", bands: [NIGHT] })).status, 400);
  });

  it("bills each day by its bands to the last millionth, with its share of the month's fixed part", async () => {
    const { items, currency } = money.parse(await get(`/money?${DAYS}`));
    assert.equal(currency, "EUR");
    // 0.6 kW: 8 hours of night and 16 of day; the short day has 7 of night.
    const day = 600 * 16 * 246;
    const night = (hours: number) => 600 * hours * 182.8;
    assert.deepEqual(
      items.map(({ bands }) => bands.map(({ name, importMicro }) => [name, importMicro])),
      [
        [
          ["night", night(8)],
          ["day", day],
        ],
        [
          ["night", night(7)],
          ["day", day],
        ],
        [
          ["night", night(8)],
          ["day", day],
        ],
      ],
    );
    assert.deepEqual(
      items.map(({ fixedMicro }) => fixedMicro),
      [500_000, 500_000, 500_000],
    );
    assert.deepEqual(
      items.map(({ totalMicro }) => totalMicro),
      [night(8) + day + 500_000, night(7) + day + 500_000, night(8) + day + 500_000],
    );
    assert.deepEqual(
      items.map(({ estimatedMwh }) => estimatedMwh),
      [0, 0, 3 * 12 * STEP_MWH],
    );
    // 600 W all day are above 500 W.
    assert.deepEqual(
      items.map(({ peakPowerMw, aboveSubscribedMs }) => [peakPowerMw, aboveSubscribedMs / 3_600_000]),
      [
        [600_000, 24],
        [600_000, 23],
        [600_000, 24],
      ],
    );
    const [month] = money.parse(await get("/money?period=month&from=2026-03-01&to=2026-03-31")).items;
    assert.equal(month?.fixedMicro, 15_500_000);
    assert.equal(month.totalMicro, items.reduce((sum, { totalMicro }) => sum + totalMicro, 0) + 28 * 500_000);
  });

  it("bills only the meters that a tariff names", async () => {
    const { items } = tariffList.parse(await get("/tariffs"));
    const [first] = items;
    assert.ok(first !== undefined);
    const { tariffId, ...rest } = first;
    const replace = (meters: string[]) => home.ask("owner", "PUT", `/tariffs/${tariffId}`, { ...rest, meters }, { "If-Match": "*" });
    assert.equal((await replace([meterIdOf(KITCHEN, 5)])).status, 200);
    assert.deepEqual(
      money.parse(await get(`/money?${DAYS}`)).items.map(({ importMwh }) => importMwh),
      [0, 0, 0],
    );
    assert.equal((await replace([meterIdOf(KITCHEN, 0)])).status, 200);
    assert.equal(money.parse(await get(`/money?${DAYS}`)).items[0]?.importMwh, 24 * 12 * STEP_MWH);
  });

  it("refuses times that are none, and more than fits, saying what to do", async () => {
    const refused = async (path: string) => {
      const response = await home.ask("guest", "GET", path);
      const text = await response.text();
      assert.equal(response.status, 400, text);
      return text;
    };
    await refused("/energy?period=day&from=2026-02-30&to=2026-03-01");
    await refused("/energy?period=day&from=2026-03-02&to=2026-03-01");
    await refused("/energy?period=fortnight&from=2026-03-01&to=2026-03-02");
    await refused("/money?period=day&from=2026-03-01&to=2026-03-01&timeZone=Mars/Olympus");
    await refused(`/series?boardId=${KITCHEN}&meter=0&resolution=day&fromUtcMs=5&toUtcMs=5`);
    assert.match(
      await refused(`/series?boardId=${KITCHEN}&meter=0&resolution=minute&fromUtcMs=0&toUtcMs=${UNTIL_MS}`),
      /less time, or longer steps/,
    );
    assert.match(await refused("/energy?period=day&from=1970-01-02&to=2200-01-01"), /less time, or longer/);
    assert.match(await refused("/energy?period=day&from=1800-01-01&to=2026-03-01"), /1970-01-02 or later/);
  });

  it("keeps for how long what is kept, changed by an owner who saw it", async () => {
    const path = "/storage/settings";
    const before = await home.ask("guest", "GET", path);
    const settings = storeSettings.parse(await before.json());
    const put = (change: object, match: string) => home.ask("owner", "PUT", path, { ...settings, ...change }, { "If-Match": match });
    const etag = before.headers.get("etag") ?? "";
    assert.deepEqual(storeSettings.parse(await (await put({ keepMinutesDays: 60 }, etag)).json()), { ...settings, keepMinutesDays: 60 });
    assert.equal((await put({}, etag)).status, 412);
    for (const wrong of [{ timeZone: "Mars/Olympus" }, { packUnbatchedAfterDays: 1 }, { keepMinutesDays: 0 }])
      assert.equal((await put(wrong, "*")).status, 400);
  });

  it("tells what is kept", async () => {
    const { readings, state, newestReadingUtcMs } = storage.parse(await get("/storage"));
    assert.ok(readings > 800);
    assert.equal(state, "ok");
    assert.equal(newestReadingUtcMs, UNTIL_MS + 3_600_000);
  });
});
