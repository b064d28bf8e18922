import assert from "node:assert/strict";
import { CAUSE, SOURCE, STREAM } from "#firmware/wire/records.ts";
import { eventPage } from "#gateway/api/schemas/records.ts";
import { createTestClock } from "./clock.ts";
import { BOARD, createHome } from "./home.ts";
import type { Home } from "./home.ts";

const OTHER = "24a160ddeeff";

describe("the listing of events", () => {
  let home: Home;
  before(async () => {
    const clock = createTestClock();
    home = await createHome(clock);
    await home.store.admitBoard({
      boardId: OTHER,
      name: "Roof",
      role: "producer",
      meters: [],
      wrappedSecret: new Uint8Array(60),
      admittedUtcMs: 1,
    });
    // Two boards at the same times, and a boot that never met the gateway: its events have no time.
    for (const [boardId, boot, bootUtcMs] of [
      [OTHER, 1, null],
      [OTHER, 2, clock.nowMs() - 120_000],
      [BOARD, 9, clock.nowMs() - 120_000],
    ] as const) {
      const records = Array.from({ length: 6 }, (_, at) => ({
        kind: "event" as const,
        uptimeMs: at * 7000,
        cause: CAUSE.busLive,
        source: SOURCE.off,
        value: at,
        limit: 0,
      }));
      const frame = { stream: STREAM.fine, uptimeMs: 60_000, boot, sequence: 0, records };
      await home.store.commitFrames([
        { boardId, frameBoot: boot, frameNumber: 1, frameBootUtcMs: 0, receivedUtcMs: clock.nowMs(), bootUtcMs, frame },
      ]);
    }
  });
  after(() => home.close());

  async function pages(query: string): Promise<string[]> {
    const ids: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const response = await home.app.request(`/api/v1/events?limit=4${query}${cursor && `&cursor=${cursor}`}`);
      const page = eventPage.parse(await response.json());
      assert.ok(page.items.length <= 4);
      ids.push(...page.items.map(({ id }) => id));
      ({ nextCursor: cursor } = page);
    }
    return ids;
  }

  it("comes in pages that together are all of them, once each, newest first, those without a time last", async () => {
    const all = eventPage.parse(await (await home.app.request("/api/v1/events?limit=1000")).json()).items;
    assert.equal(all.length, 19);
    assert.deepEqual(
      await pages(""),
      all.map(({ id }) => id),
    );
    const times = all.map(({ utcMs }) => utcMs ?? -1);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => b - a),
    );
    assert.deepEqual(
      times.slice(-6),
      Array.from({ length: 6 }, () => -1),
    );
  });

  it("does so for one board too, by the order in which it made them", async () => {
    const ids = await pages(`&boardId=${OTHER}`);
    assert.deepEqual(
      ids,
      [2, 1].flatMap((boot) => [5, 4, 3, 2, 1, 0].map((sequence) => `${OTHER}-${boot}-${sequence}`)),
    );
  });

  it("takes no cursor of another listing", async () => {
    for (const cursor of ["b5", "a1", `r5-${BOARD}-1-1`, "ex", `e-${BOARD}-1-1`]) {
      assert.equal((await home.app.request(`/api/v1/events?cursor=${cursor}`)).status, 400, cursor);
    }
  });
});
