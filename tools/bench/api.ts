/**
 * How fast the API answers an authenticated read of the newest readings, against a bare hono route with the same JSON.
 * @module
 */
import { Hono } from "hono";
import { listenHttp } from "#gateway/api/server.ts";
import { latestReadings } from "#gateway/api/schemas/records.ts";
import type { Bench, Figure } from "./harness.ts";
import { createBenchHome } from "./home.ts";
import { requestsPerSecond } from "./load.ts";

const ROUNDS = 6;
const SECONDS = 2;
const PATH = "/api/v1/latest";

export const api: Bench = {
  name: "api",
  summary: "an authenticated read of the newest readings over HTTP, against a bare hono route",
  async run(): Promise<Figure[]> {
    const home = await createBenchHome();
    const headers = { authorization: `Bearer ${home.token}` };
    const body = latestReadings.parse(await (await home.app.request(PATH, { headers })).json());
    const bare = new Hono().get(PATH, (c) => c.json(body));
    const [ours, theirs] = [
      await listenHttp({ app: home.app, host: "127.0.0.1", port: 0 }),
      await listenHttp({ app: bare, host: "127.0.0.1", port: 0 }),
    ];
    const own: number[] = [];
    const reference: number[] = [];
    try {
      // One after the other and again, so that what else the machine does meets both; the best of each is the one that it met least.
      for (let round = 0; round <= ROUNDS; round++) {
        const [one, other] = [
          await requestsPerSecond(`http://127.0.0.1:${ours.port}${PATH}`, headers, SECONDS),
          await requestsPerSecond(`http://127.0.0.1:${theirs.port}${PATH}`, {}, SECONDS),
        ];
        // The first round warms both up.
        if (round === 0) continue;
        own.push(one);
        reference.push(other);
      }
    } finally {
      await Promise.all([ours.close(), theirs.close()]);
      await home.close();
    }
    const bareRoute = { name: "bare hono route with the same JSON", value: Math.max(...reference) };
    return [
      {
        name: "newest readings, by token",
        value: Math.max(...own),
        unit: "requests/s",
        reference: bareRoute,
        aim: { of: "ratio", atLeast: 0.6 },
      },
    ];
  },
};
