import assert from "node:assert/strict";
import { z } from "zod";
import { ACCESS } from "#gateway/api/routes/define.ts";
import { createTestClock } from "./clock.ts";
import { createHome } from "./home.ts";
import type { Home } from "./home.ts";

/** The parts of OpenAPI 3.1 that this document uses, as the specification has them. */
const response = z.looseObject({
  description: z.string().min(1),
  content: z.record(z.string(), z.looseObject({ schema: z.looseObject({}) })).optional(),
});
const parameter = z.looseObject({
  name: z.string().min(1),
  in: z.enum(["query", "path", "header"]),
  required: z.boolean().optional(),
  schema: z.looseObject({}),
});
const operation = z.looseObject({
  summary: z.string().min(1),
  parameters: z.array(parameter).optional(),
  responses: z.record(z.string().regex(/^[1-5]\d\d$/), response),
});
const documentSchema = z.looseObject({
  openapi: z.string().regex(/^3\.1\.\d+$/),
  info: z.looseObject({ title: z.string().min(1), version: z.string().min(1) }),
  servers: z.array(z.looseObject({ url: z.string() })),
  paths: z.record(z.string().startsWith("/"), z.record(z.string(), operation)),
  components: z.looseObject({ schemas: z.record(z.string(), z.looseObject({ type: z.string() })) }),
});

/** Every value under a key, at any depth. */
function valuesOf(node: unknown, key: string): unknown[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) => (name === key ? [value] : valuesOf(value, key)));
}

/** Every property of an object schema with its schema, at any depth. */
function propertiesOf(node: unknown): [string, unknown][] {
  const own = valuesOf(node, "properties").flatMap((properties) => Object.entries<unknown>(Object(properties)));
  return own.flatMap((entry) => [entry, ...propertiesOf(entry[1])]);
}

/** Who may ask, as each operation says it. */
const ACCESS_VALUES = new Set<unknown>(ACCESS);

describe("the OpenAPI document", () => {
  let home: Home;
  let document: z.infer<typeof documentSchema>;
  before(async () => {
    home = await createHome(createTestClock());
    document = documentSchema.parse(await (await home.app.request("/api/v1/openapi.json")).json());
  });
  after(() => home.close());

  it("lists every route, and no other", () => {
    const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} /api/v1${path}`),
    );
    const routes = home.app.routes
      .filter(({ method, path }) => method !== "ALL" && path.startsWith("/api/v1/"))
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
    assert.deepEqual(listed.toSorted(), [...new Set(routes)].toSorted());
    assert.ok(listed.length > 60, String(listed.length));
  });

  it("declares each parameter of a path", () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const [method, { parameters = [] }] of Object.entries(methods)) {
        const declared = parameters.filter((one) => one.in === "path").map(({ name, required }) => (required ? name : null));
        assert.deepEqual(declared, named, `${method} ${path}`);
      }
    }
  });

  it("says of each operation who may ask, and by which means", () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, { "x-access": access, security, responses }] of Object.entries(methods)) {
        assert.ok(ACCESS_VALUES.has(access), `${method} ${path} declares no access`);
        const isOpen = access === "public" || access === "board";
        assert.equal(
          JSON.stringify(security),
          JSON.stringify(isOpen ? [] : access === "person" ? [{ session: [] }] : [{ session: [] }, { token: [access] }]),
        );
        if (!isOpen) assert.ok("401" in responses && "403" in responses, `${method} ${path}`);
        // Nothing is changed in the open but who is logged in.
        if (access === "public" && method !== "get") assert.ok(["/setup", "/session"].includes(path), path);
      }
    }
  });

  it("refers only to what it defines", () => {
    const references = valuesOf(document, "$ref").map((reference) => String(reference).replace("#/components/schemas/", ""));
    assert.ok(references.length > 10);
    for (const name of references) assert.ok(name in document.components.schemas, name);
  });

  it("has the unit in the name of each numeric field, but for counts and ordinals", () => {
    const ofRecords = "id node number batch batchNumber blockNumber headNumber nonce boot firstBoot sequence meter slot entry".split(" ");
    const others = "chainId version status state channel commandId transferId seller buyer preferredNode resetCause".split(" ");
    const counts = "readingCount openTransactions revertedTransactions refusedCheckpoints frames clockSpeed slots finalityDepth".split(" ");
    const ofStorage = "readings packedReadings events checkpoints batches".split(" ");
    const ofBoards = "failedStarts freeVariables usedVariables queueFine queueCoarse refused retransmitted".split(" ");
    // Their unit is the channel's: mA or mV.
    const ofChannels = "offset gain raw noise".split(" ");
    const counters = "accepted repeated recordsStored recordsDuplicate".split(" ");
    const ofExternal = "intervals stored duplicates badRows line".split(" ");
    // Their unit is the field beside them.
    const besideUnit = ["value", "limit"];
    const without = new Set([...ofRecords, ...others, ...counts, ...ofStorage, ...counters, ...ofBoards, ...ofChannels, ...ofExternal, ...besideUnit]);
    const numeric = propertiesOf(document).filter(([, schema]) => /"(integer|number)"/.test(JSON.stringify(Object(schema).type ?? null)));
    assert.ok(numeric.length > 60, String(numeric.length));
    // A slot is an ordinal too, whatever it is the first or last of.
    const units = /(Ma|Mv|Mw|Mwh|Permille|UtcMs|Ms|Seconds|W|Dbm|Bytes|Days|Months|[mM]icro|MicroPerKwh|Slot)$/;
    assert.deepEqual([...new Set(numeric.map(([name]) => name))].filter((name) => !without.has(name) && !units.test(name)), []);
  });
});
