import assert from "node:assert/strict";
import fc from "fast-check";
import { problemSchema } from "#gateway/api/problem.ts";
import { createTestClock } from "./clock.ts";
import { BOARD, createHome } from "./home.ts";
import type { Home } from "./home.ts";

/** In a demo, to nobody who is logged in; a change is refused before anything else. */
const STATUSES = [200, 400, 403, 404, 405];

const ROUTES = [
  "/node",
  "/boards",
  "/meters",
  "/readings",
  "/events",
  "/batches",
  "/neighbours",
  "/chain",
  "/health",
  "/openapi.json",
  `/boards/${BOARD}`,
  `/readings/${BOARD}-3-0`,
  `/readings/${BOARD}-3-0/proof`,
  "/batches/1",
];

describe("the API's errors", () => {
  let home: Home;
  before(async () => {
    home = await createHome(createTestClock());
    await home.addBatch(10);
  });
  after(() => home.close());

  async function problemOf(response: Response) {
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    const problem = problemSchema.parse(await response.json());
    assert.equal(problem.status, response.status);
    assert.ok(problem.detail.length > 20, problem.detail);
    return problem;
  }

  async function refused(path: string, status: number, method = "GET") {
    const response = await home.app.request(path, { method });
    assert.equal(response.status, status, path);
    return { problem: await problemOf(response), response };
  }

  it("name a thing that is not there", async () => {
    await refused("/api/v1/boards/000000000000", 404);
    await refused(`/api/v1/readings/${BOARD}-3-99999`, 404);
    await refused("/api/v1/batches/99", 404);
    await refused("/nothing/here", 404);
    await refused("/api/v1", 404);
  });

  it("tell apart a reading that is unknown and one that is in no batch yet", async () => {
    const unknown = await refused(`/api/v1/readings/${BOARD}-3-99999/proof`, 404);
    const unbatched = await refused(`/api/v1/readings/${BOARD}-3-200/proof`, 404);
    assert.match(unknown.problem.detail, /no reading/);
    assert.match(unbatched.problem.detail, /no batch with reading/);
  });

  it("name every refused field", async () => {
    const { problem } = await refused("/api/v1/readings?limit=0&meter=8&fromUtcMs=1e3&colour=red", 400);
    assert.deepEqual(problem.errors?.map(({ name }) => name).toSorted(), ["", "fromUtcMs", "limit", "meter"]);
    await refused("/api/v1/boards/HALL", 400);
    await refused("/api/v1/batches/0", 400);
    await refused("/api/v1/events?limit=5&limit=6", 400);
  });

  it("refuse numbers that are not plain decimal digits", async () => {
    for (const limit of ["", " 5", "+5", "-5", "5.0", "0x5", "1e1", "٥", "5n", "99999999999999999"]) {
      await refused(`/api/v1/batches?limit=${encodeURIComponent(limit)}`, 400);
    }
  });

  it("refuse a cursor of another listing", async () => {
    await refused("/api/v1/readings?cursor=b5", 400);
    await refused("/api/v1/batches?cursor=r5-24a160aabbcc-3-1", 400);
    await refused("/api/v1/batches?cursor=b5x", 400);
  });

  it("tell which methods a path has", async () => {
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const { response } = await refused("/api/v1/node", 405, method);
      assert.equal(response.headers.get("allow"), "GET, HEAD");
    }
    await refused("/api/v1/nothing", 404, "POST");
    await refused("/", 405, "POST");
  });

  it("keep the text of an unexpected error to the log", async () => {
    const broken = await createHome(createTestClock(), {
      store: { ...home.store, boards: () => Promise.reject(new Error("SQLITE_IOERR at /home/pi")) },
    });
    const response = await broken.app.request("/api/v1/boards");
    assert.equal(response.status, 500);
    assert.doesNotMatch((await problemOf(response)).detail, /SQLITE|home/);
    assert.equal(broken.errors.length, 1);
    await broken.close();
  });

  it("never are an unexpected one, whatever path and query come", async function () {
    const piece = fc.oneof(
      fc.string({ unit: "binary", maxLength: 12 }),
      fc.constantFrom("..", ".", "%00", "%2e%2e", "%ff", "~", "0", "-1", BOARD),
    );
    const paths = fc.oneof(
      fc.constantFrom(...ROUTES).map((route) => `/api/v1${route}`),
      fc
        .tuple(
          fc.constantFrom("/", "/api/v1/", "/api/v1/boards/", "/api/v1/readings/", "/api/v1/batches/"),
          fc.array(piece, { maxLength: 3 }),
        )
        .map(([start, pieces]) => start + pieces.join("/")),
    );
    const name = fc.oneof(fc.constantFrom("limit", "cursor", "boardId", "meter", "fromUtcMs", "toUtcMs"), fc.string({ maxLength: 6 }));
    const value = fc.oneof(
      fc.maxSafeNat().map(String),
      fc
        .tuple(fc.constantFrom("r", "b"), fc.maxSafeNat())
        .map(([kind, place]) => (kind === "b" ? `b${place}` : `r${place}-${BOARD}-3-${place % 300}`)),
      fc.string({ unit: "binary", maxLength: 20 }),
      fc.constant(BOARD),
    );
    const queries = fc.array(fc.tuple(name, value), { maxLength: 4 });
    const methods = fc.constantFrom("GET", "GET", "GET", "HEAD", "POST", "DELETE");
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(paths, queries, methods, async (path, query, method) => {
        // As a browser writes them: what is no Unicode becomes U+FFFD.
        const url = new URL("http://localhost/");
        url.pathname = path;
        url.search = new URLSearchParams(query).toString();
        const response = await home.app.request(url, { method });
        seen.add(response.status);
        assert.ok(STATUSES.includes(response.status), `${response.status} for ${method} ${url.href}`);
        if (response.status !== 200 && method !== "HEAD") await problemOf(response);
        else await response.text();
      }),
      { numRuns: 300, seed: 20_260_101 },
    );
    assert.deepEqual(home.errors, []);
    assert.deepEqual(
      [...seen].sort((a, b) => a - b),
      STATUSES,
    );
  });
});
