/**
 * The HTTP API of CitizenWatt, so that programs which were written for it work with this gateway.
 * @module
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { METER_KINDS } from "#contracts/meter-id.ts";
import { createSessionCookie } from "#gateway/api/cookie.ts";
import type { ApiContext, ApiEnv } from "#gateway/api/env.ts";
import { readTariffs } from "#gateway/api/handlers/tariffs.ts";
import { ProblemError, problemResponse } from "#gateway/api/problem.ts";
import { priceSegments } from "#gateway/tariffs/bands.ts";
import type { Segment } from "#gateway/tariffs/bands.ts";
import type { Tariff } from "#gateway/tariffs/tariff.ts";
import type { IntegrationParts } from "../ports.ts";
import { createStatus } from "../status.ts";
import type { IntegrationStatus } from "../status.ts";
import { stepsOf, sumOf } from "./answers.ts";
import type { Unit } from "./answers.ts";
import { createDoor } from "./door.ts";
import { currentTariff, dayAndNight, isNight, providerOf, rateNow } from "./providers.ts";
import { createSensors, typeIdOf } from "./sensors.ts";
import type { Measure, Sensor } from "./sensors.ts";

const MAX_BODY_BYTES = 4096;
/** As CitizenWatt has it. */
const MOST_BY_ID = 500;
/** Items of one binned answer: a month of ten minutes. */
const MOST_STEPS = 5000;
/** Longest time of one answer: what a list of measures or a sum is made of is held in memory. */
const LONGEST_SECONDS = 5 * 366 * 86_400;
const DIGITS = "{[0-9]{1,12}}";
/** Times: programs ask by what `/time` told them, fractions of a second included. */
const DECIMAL = "{[0-9]{1,12}(?:\\.[0-9]{1,9})?}";
const SIGNED = "{-?[0-9]{1,12}}";
const UNIT = ":unit{watts|kwatthours|euros}";

const badRequest = (detail: string): ProblemError => new ProblemError(400, detail);

/** Each measure in CitizenWatt's shape, with the rate of its time. */
function present(measures: readonly Measure[], segments: readonly Segment[]) {
  let place = 0;
  return measures.map(({ id, sensorId, watts }) => {
    while ((segments[place]?.toUtcMs ?? Infinity) <= id * 1000) place += 1;
    const segment = segments[place];
    const hasNight = segment !== undefined && segment.fromUtcMs <= id * 1000 && segment.tariff.bands.some(isNight);
    const night_rate = hasNight ? (isNight(segment.band) ? 1 : 0) : -1;
    return { id, sensor_id: sensorId, value: watts, timestamp: id, night_rate };
  });
}

export function createCitizenwattApi(parts: IntegrationParts): { path: string; app: OpenAPIHono<ApiEnv>; status(): IntegrationStatus } {
  const { store, clock, access, node, transport } = parts;
  const status = createStatus("citizenwatt-api", clock, ["requests", "refused"]);
  status.become("working");
  const mayRead = createDoor({ access, cookie: createSessionCookie(node.id, transport), transport });
  const sensors = createSensors(store);
  const app = new OpenAPIHono<ApiEnv>();
  const limit = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => problemResponse(c, 413, `The body is longer than ${MAX_BODY_BYTES} bytes.`) });

  /** A route by GET and POST, for whoever may read. */
  function route(path: string, answer: (c: ApiContext) => Promise<object>): void {
    app.on(["GET", "POST"], path, limit, async (c) => {
      // What a handler of any path gets is a context of its own path.
      const plain = c as unknown as ApiContext;
      if (!(await mayRead(plain))) {
        status.wrong("refused", "Neither a session nor a login and password that fit.");
        return problemResponse(c, 403, "Access forbidden: log in, or POST the fields login and password.");
      }
      status.count("requests");
      return c.json(await answer(plain), 200, { "Cache-Control": "no-store" });
    });
  }

  const number = (c: ApiContext, name: string): number => Number(c.req.param(name));
  // The route's expression lets these through and no others.
  const unitOf = (c: ApiContext): Unit => c.req.param("unit") as Unit;
  const withRate = (data: unknown, tariffs: readonly Tariff[]) => ({ data, rate: rateNow(tariffs, clock.nowMs()) });

  async function list(measures: readonly Measure[], tariffs: readonly Tariff[]) {
    const [first, last] = [measures[0], measures.at(-1)];
    if (first === undefined || last === undefined) return null;
    return present(measures, priceSegments(tariffs, first.id * 1000, last.id * 1000 + 1));
  }

  /** A sum or a list of them, over a time in seconds. */
  async function overTime(sensor: Sensor, unit: Unit, [from, to]: [number, number], step: number | null, tariffs: readonly Tariff[]) {
    const bounds = { fromUtcMs: Math.round(from * 1000), toUtcMs: Math.round(to * 1000) };
    const measured = await sensors.measured(sensor, bounds.fromUtcMs, bounds.toUtcMs);
    const segments = priceSegments(tariffs, bounds.fromUtcMs, bounds.toUtcMs);
    if (step === null) return sumOf(unit, sensor, measured, bounds, segments);
    return stepsOf(unit, sensor, measured, { ...bounds, stepMs: step * 1000 }, segments);
  }

  function checkTime(from: number, to: number, step: number | null): void {
    if (from > to) throw badRequest(`The time begins (${from}) behind its end (${to}).`);
    if (to - from > LONGEST_SECONDS) throw badRequest(`A time of at most ${LONGEST_SECONDS} s can be asked for.`);
    if (step !== null && (step < 1 || (to - from) / step > MOST_STEPS)) throw badRequest(`A step has to be at least 1 s, and make at most ${MOST_STEPS} of them.`);
  }

  /** The measures from one id up to another, or from the end where they are negative. */
  async function byId(sensor: Sensor, a: number, b: number): Promise<Measure[]> {
    if (a > b || (a < 0 && b > 0)) throw badRequest("Both ids have to be from the beginning, or both from the end (b 0 is the end), the first one not behind the second.");
    if (b - a > MOST_BY_ID) throw new ProblemError(403, `At most ${MOST_BY_ID} measures can be asked for at once.`);
    if (a >= 0) return sensors.measures(sensor, a, b);
    const newest = await sensors.newest(sensor, -a);
    return newest.slice(0, Math.max(0, newest.length + b));
  }

  async function sensorOf(c: ApiContext): Promise<Sensor | undefined> {
    return sensors.find(number(c, "sensor"));
  }

  const presentSensor = ({ id, name, kind }: Sensor) => ({ id, name, type: kind, type_id: typeIdOf(kind) });
  route("/sensors", async () => ({ data: (await sensors.list()).map(presentSensor) }));
  route(`/sensors/:sensor${DIGITS}`, async (c) => {
    const sensor = await sensorOf(c);
    return { data: sensor === undefined ? null : presentSensor(sensor) };
  });
  route("/types", async () => ({ data: METER_KINDS.map((kind) => ({ id: typeIdOf(kind), name: kind })) }));
  route("/time", async () => ({ data: clock.nowMs() / 1000 }));

  const base = `/:sensor${DIGITS}`;
  route(`${base}/get/watts/by_id/:a${SIGNED}`, async (c) => {
    const [sensor, tariffs, id] = [await sensorOf(c), await readTariffs(store), number(c, "a")];
    if (id < -MOST_BY_ID) throw new ProblemError(403, `At most ${MOST_BY_ID} measures from the end can be reached so.`);
    if (sensor === undefined) return withRate(null, tariffs);
    const found = id >= 0 ? await sensors.measures(sensor, id, id + 1) : (await sensors.newest(sensor, -id)).slice(0, 1);
    const isThere = id >= 0 || (await sensors.newest(sensor, -id)).length === -id;
    return withRate(isThere ? ((await list(found, tariffs))?.[0] ?? null) : null, tariffs);
  });
  for (const stepPath of ["", `/:step${DIGITS}`]) {
    const stepOf = (c: ApiContext): number | null => (stepPath === "" ? null : number(c, "step"));

    route(`${base}/get/${UNIT}/by_id/:a${SIGNED}/:b${SIGNED}${stepPath}`, async (c) => {
      const [sensor, tariffs, unit, step] = [await sensorOf(c), await readTariffs(store), unitOf(c), stepOf(c)];
      if (sensor === undefined) return withRate(null, tariffs);
      const measures = await byId(sensor, number(c, "a"), number(c, "b"));
      if (unit === "watts" && step === null) return withRate(await list(measures, tariffs), tariffs);
      const [first, last] = [measures[0], measures.at(-1)];
      if (first === undefined || last === undefined) return withRate(null, tariffs);
      checkTime(first.id, last.id, step);
      return withRate(await overTime(sensor, unit, [first.id, last.id], step, tariffs), tariffs);
    });

    route(`${base}/get/${UNIT}/by_time/:from${DECIMAL}/:to${DECIMAL}${stepPath}`, async (c) => {
      const [sensor, tariffs, unit, step] = [await sensorOf(c), await readTariffs(store), unitOf(c), stepOf(c)];
      const [from, to] = [number(c, "from"), number(c, "to")];
      checkTime(from, to, step);
      if (sensor === undefined) return withRate(null, tariffs);
      if (unit === "watts" && step === null) return withRate(await list(await sensors.measures(sensor, Math.ceil(from), Math.ceil(to)), tariffs), tariffs);
      return withRate(await overTime(sensor, unit, [from, to], step, tariffs), tariffs);
    });
  }
  route(`${base}/get/watts/by_time/:at${DECIMAL}`, async (c) => {
    const [sensor, tariffs, at] = [await sensorOf(c), await readTariffs(store), number(c, "at")];
    const found = sensor === undefined || !Number.isInteger(at) ? null : await list(await sensors.measures(sensor, at, at + 1), tariffs);
    return withRate(found?.[0] ?? null, tariffs);
  });

  // What a meter counted is sealed and settled: nobody adds to it or takes of it. The answers are CitizenWatt's for "nothing was done".
  route(`${base}/insert/:value/:timestamp/:night`, async () => ({ data: false }));
  for (const by of ["by_time", "by_id"]) {
    for (const rest of ["/:from", "/:from/:to"]) route(`${base}/delete/${by}${rest}`, async () => ({ data: null }));
  }

  async function providers() {
    const tariffs = await readTariffs(store);
    const ids = await store.externalNumbers("citizenwatt-provider", tariffs.map(({ tariffId }) => tariffId));
    const current = currentTariff(tariffs, clock.nowMs());
    return tariffs.map((tariff, place) => ({ tariff, provider: providerOf(tariff, ids[place] ?? 0, tariff === current) }));
  }
  async function providerNamed(which: string | undefined) {
    return (await providers()).find(({ provider }) => (which === "current" ? provider.current === 1 : String(provider.id) === which));
  }

  route("/energy_providers", async () => {
    const all = await providers();
    return { data: all.length === 0 ? null : all.map(({ provider }) => provider) };
  });
  route("/energy_providers/:which{current|[0-9]+}", async (c) => ({ data: (await providerNamed(c.req.param("which")))?.provider ?? null }));
  route("/:which{current|[0-9]+}/watt_to_euros/:rate{day|night}/:kwh{[0-9]+(?:\\.[0-9]+)?}", async (c) => {
    const found = await providerNamed(c.req.param("which"));
    if (found === undefined) return { data: null };
    const band = dayAndNight(found.tariff)[c.req.param("rate") === "night" ? "night" : "day"];
    return { data: (band.importMicroPerKwh * number(c, "kwh")) / 1_000_000 };
  });

  return { path: "/api", app, status: () => status.view() };
}
