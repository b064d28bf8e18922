import assert from "node:assert/strict";
import { Decoder } from "cbor-x";
import { parse } from "csv-parse/sync";
import { z } from "zod";
import { latestReadings, readingPage } from "#gateway/api/schemas/records.ts";
import { createTestClock, START_UTC_MS } from "./clock.ts";
import { BOARD, createHome } from "./home.ts";
import type { Home } from "./home.ts";

const READINGS = `/api/v1/readings?limit=20`;
/** RFC 8428, 5.3 and table 2: what a pack may have in JSON. */
const senml = z.array(
  z.strictObject({
    bn: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9\-:./_]*$/)
      .optional(),
    bt: z
      .number()
      .min(2 ** 28)
      .optional(),
    n: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9\-:./_]*$/),
    u: z.string(),
    v: z.number(),
  }),
);

describe("the forms of an answer", () => {
  let home: Home;
  before(async () => {
    home = await createHome(createTestClock());
  });
  after(() => home.close());

  const get = (path: string, headers: Record<string, string> = {}) => home.app.request(path, { headers });
  const plainCbor = new Decoder({ mapsAsObjects: true, useRecords: false });

  it("are JSON unless something else is asked for", async () => {
    for (const accept of ["application/json", "*/*", "text/html,application/xhtml+xml,*/*;q=0.8", "application/*", undefined]) {
      const response = await get(READINGS, accept === undefined ? {} : { Accept: accept });
      assert.equal(response.headers.get("content-type"), "application/json", accept);
      assert.equal(readingPage.parse(await response.json()).items.length, 20);
    }
  });

  it("are refused, with what there is, when there is none that is asked for", async () => {
    const response = await get("/api/v1/node", { Accept: "text/csv" });
    assert.equal(response.status, 406);
    assert.match(await response.text(), /application\/json, application\/cbor/);
    assert.equal((await get(READINGS, { Accept: "image/png" })).status, 406);
  });

  it("say the same in CBOR as in JSON", async () => {
    for (const path of [READINGS, "/api/v1/node", "/api/v1/boards", "/api/v1/chain"]) {
      const response = await get(path, { Accept: "application/cbor" });
      assert.equal(response.headers.get("content-type"), "application/cbor");
      assert.deepEqual(plainCbor.decode(new Uint8Array(await response.arrayBuffer())), await (await get(path)).json());
    }
  });

  it("are a table with a header in CSV, the same numbers, and a header alone when there is nothing", async () => {
    const { items } = readingPage.parse(await (await get(READINGS)).json());
    const response = await get(READINGS, { Accept: "text/csv" });
    assert.match(response.headers.get("content-type") ?? "", /^text\/csv/);
    const rows = z.array(z.record(z.string(), z.string())).parse(parse(await response.text(), { columns: true }));
    assert.equal(rows.length, items.length);
    for (const [place, item] of items.entries()) {
      assert.equal(rows[place]?.["importMwh"], String(item.importMwh));
      assert.equal(rows[place]?.["currentMa"], String(item.currentMa));
      assert.equal(rows[place]?.["chargePermille"], item.chargePermille === null ? "" : String(item.chargePermille));
      assert.equal(rows[place]?.["closedRelays"], item.closedRelays.join(" "));
    }
    const empty = await (await get("/api/v1/readings?boardId=000000000000", { Accept: "text/csv" })).text();
    assert.equal(empty.trim(), Object.keys(items[0] ?? {}).join(","));
  });

  it("are a SenML pack whose records resolve to the readings (RFC 8428, 4.6)", async () => {
    const { items } = readingPage.parse(await (await get(READINGS)).json());
    const response = await get(READINGS, { Accept: "application/senml+json" });
    assert.equal(response.headers.get("content-type"), "application/senml+json");
    let base = { name: "", time: 0 };
    const resolved = senml.parse(await response.json()).map(({ bn, bt, n, u, v }) => {
      base = { name: bn ?? base.name, time: bt ?? base.time };
      return { name: base.name + n, time: base.time, u, v };
    });
    const voltages = resolved.filter(({ name }) => name.endsWith("voltage"));
    assert.deepEqual(
      voltages.map(({ time, v, u }) => [Math.round(time * 1000), Math.round(v * 1000), u]),
      items.map(({ endUtcMs, voltageMv }) => [endUtcMs, voltageMv, "V"]),
    );
    // RFC 9039: a board's EUI-48 as EUI-64.
    assert.ok(
      resolved.every(({ name }) => /^urn:dev:mac:24a160fffeaabbcc_meter[01]_(current|voltage|power|import|export|charge)$/.test(name)),
    );
    assert.deepEqual([...new Set(resolved.map(({ u }) => u))].sort(), ["%EL", "A", "V", "W", "Wh"]);
  });

  it("are the same pack in CBOR, with the registered labels (RFC 8428, 6)", async () => {
    const pack = senml.parse(await (await get(READINGS, { Accept: "application/senml+json" })).json());
    const response = await get(READINGS, { Accept: "application/senml+cbor" });
    const labels = new Map([
      [-2, "bn"],
      [-3, "bt"],
      [0, "n"],
      [1, "u"],
      [2, "v"],
    ]);
    const decoded: unknown = new Decoder({ mapsAsObjects: false }).decode(new Uint8Array(await response.arrayBuffer()));
    const maps = z.array(z.map(z.number(), z.union([z.string(), z.number()]))).parse(decoded);
    assert.deepEqual(
      maps.map((map) => Object.fromEntries([...map].map(([label, value]) => [labels.get(label), value]))),
      pack,
    );
  });

  it("are not sent again to who has them, each form by a tag of its own", async () => {
    const tags = new Set<string>();
    for (const accept of ["application/json", "application/cbor", "text/csv", "application/senml+json", "application/senml+cbor"]) {
      const etag = (await get(READINGS, { Accept: accept })).headers.get("etag") ?? "";
      tags.add(etag);
      for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
        const again = await get(READINGS, { Accept: accept, "If-None-Match": known });
        assert.equal(again.status, 304);
        assert.equal(again.headers.get("etag"), etag);
        assert.equal(await again.text(), "");
      }
      assert.equal((await get(READINGS, { Accept: accept, "If-None-Match": '"other"' })).status, 200);
    }
    assert.equal(tags.size, 5);
  });

  it("are kept by nobody on the way", async () => {
    const { headers } = await get(READINGS);
    assert.equal(headers.get("cache-control"), "private, no-cache");
    assert.match(headers.get("vary") ?? "", /Accept.*Cookie/);
  });

  it("of the newest readings are made anew when something was stored, and only then", async () => {
    const ask = () => get("/api/v1/latest");
    const first = await ask();
    const { items } = latestReadings.parse(await first.json());
    assert.deepEqual(
      items.map(({ meter, endUtcMs }) => [meter, endUtcMs]),
      [
        [0, START_UTC_MS],
        [1, START_UTC_MS],
      ],
    );
    assert.equal((await ask()).headers.get("etag"), first.headers.get("etag"));
    const [battery] = (await home.store.latest()).readings;
    assert.ok(battery !== undefined);
    const { boardId: _board, boot: _boot, sequence: _sequence, endUtcMs: _end, batch: _batch, leaf: _leaf, ...record } = battery;
    const [committed] = await home.commit([{ ...record, uptimeMs: record.uptimeMs + 1000, importMwh: record.importMwh + 7 }]);
    for (const stored of committed?.stored ?? [])
      if (stored.kind === "reading") home.options.live.publish({ type: "reading", reading: stored });
    const now = latestReadings.parse(await (await ask()).json()).items;
    assert.deepEqual(
      now.map(({ importMwh }, place) => importMwh - (items[place]?.importMwh ?? 0)),
      [7, 0],
    );
    assert.equal(now[0]?.boardId, BOARD);
  });
});
