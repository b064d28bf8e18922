/** Each operation of the OpenAPI document, asked by everybody: who is let in is what the document says, and nothing else. */
import assert from "node:assert/strict";
import { ACCESS } from "#gateway/api/routes/define.ts";
import type { Access } from "#gateway/api/routes/define.ts";
import { createTestClock } from "./clock.ts";
import { BOARD } from "./home.ts";
import { createHousehold, EVERYBODY } from "./household.ts";
import type { Household, Who } from "./household.ts";

interface Operation {
  "x-access": Access;
  requestBody?: unknown;
}

const SAMPLE: Record<string, string> = {
  boardId: BOARD,
  readingId: `${BOARD}-3-0`,
  commandId: "1",
  channel: "0",
  tariffId: "none",
  orderId: "none",
  slot: "1",
  seriesId: "none",
  number: "1",
  accountId: "none",
  sessionId: "none",
  tokenId: "none",
};

const PEOPLE: Who[] = ["owner", "member", "guest"];
/** Who is let in. A demo lets nobody do what a guest may: look. */
const LET_IN: Record<Access, Who[]> = {
  public: ["nobody", ...PEOPLE, "token read", "token control", "token admin"],
  board: ["nobody", ...PEOPLE, "token read", "token control", "token admin"],
  person: PEOPLE,
  read: [...PEOPLE, "token read", "token control", "token admin"],
  control: ["owner", "member", "token control", "token admin"],
  admin: ["owner", "token admin"],
};

for (const mode of ["accounts", "demo"] as const) {
  describe(`who may do what, in mode ${mode}`, () => {
    let home: Household;
    let operations: { method: string; path: string; operation: Operation }[];
    before(async () => {
      home = await createHousehold(createTestClock(), mode);
      const document: unknown = await (await home.ask("nobody", "GET", "/openapi.json")).json();
      // The document's form is held by openapi.test.ts.
      const { paths } = document as { paths: Record<string, Record<string, Operation>> };
      operations = Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
      );
    });
    after(() => home.close());

    for (const who of EVERYBODY) {
      it(`${who}: is let in where the document says, and refused everywhere else`, async () => {
        let isAllowedSomewhere = false;
        let isRefusedSomewhere = false;
        let headers = await home.headersOf(who);
        for (const { method, path, operation } of operations) {
          const access = operation["x-access"];
          assert.ok(ACCESS.includes(access), `${method} ${path}`);
          const url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => SAMPLE[name] ?? assert.fail(`no sample for ${name}`));
          // An empty object is refused as a body (400) wherever one is needed: nothing is changed here.
          const body = operation.requestBody === undefined ? {} : { body: "{}", headers: { ...headers, "Content-Type": "application/json" } };
          const response = await home.app.request(`/api/v1${url}`, { method, headers, ...body });
          await response.body?.cancel();
          // Whoever logs out comes in anew.
          if (method === "DELETE") headers = await home.headersOf(who);
          const isLetIn = LET_IN[access].includes(who) || (mode === "demo" && access === "read" && who === "nobody");
          const what = `${method} ${path} (${access}) answered ${response.status} to ${who}`;
          if (isLetIn) assert.ok(![401, 403].includes(response.status), what);
          else assert.ok([401, 403].includes(response.status), what);
          // Nobody and a dead token are asked who they are; whoever is known is told that it is not theirs.
          if (!isLetIn && who === "revoked token") assert.equal(response.status, 401, what);
          if (!isLetIn && who === "nobody" && mode === "accounts") assert.equal(response.status, 401, what);
          if (!isLetIn && [...PEOPLE, "token read"].includes(who)) assert.equal(response.status, 403, what);
          isAllowedSomewhere ||= isLetIn;
          isRefusedSomewhere ||= !isLetIn;
        }
        assert.equal(isAllowedSomewhere, who !== "revoked token");
        assert.equal(isRefusedSomewhere, who !== "owner");
        assert.deepEqual(home.errors, []);
      });
    }
  });
}
