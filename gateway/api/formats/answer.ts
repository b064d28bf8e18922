/**
 * Answers a read in the form that the client accepts, with an ETag that spares what it has.
 * @module
 */
import { hash } from "node:crypto";
import { Encoder } from "cbor-x";
import { accepts } from "hono/accepts";
import { headerOf } from "../env.ts";
import type { ApiContext } from "../env.ts";
import { ProblemError } from "../problem.ts";
import { SECURE_HEADERS } from "../secure.ts";
import { toCsv } from "./csv.ts";
import { labelled } from "./senml.ts";
import type { SenmlRecord } from "./senml.ts";

const JSON_TYPE = "application/json";
const CBOR_TYPE = "application/cbor";
const TABLE_TYPES = ["text/csv", "application/senml+json", "application/senml+cbor"] as const;
const ALL_TYPES: string[] = [JSON_TYPE, CBOR_TYPE, ...TABLE_TYPES];

/** How a listing looks as a table and as a SenML pack. */
export interface Tabular<Body> {
  columns: readonly string[];
  rows(body: Body): readonly object[];
  senml(body: Body): SenmlRecord[];
}

/** A body with its JSON text and the tag of it: made once, answered as often as it is asked for. */
export interface Prepared<Body> {
  readonly body: Body;
  readonly json: string;
  /** Without the quotes. */
  readonly tag: string;
}

/** Plain CBOR (RFC 8949): no records or shared structures of cbor-x's own. */
const cbor = new Encoder({ useRecords: false, variableMapSize: true, tagUint8Array: false });
const encodeCbor = (value: unknown): Uint8Array<ArrayBuffer> => new Uint8Array(cbor.encode(value));

export function prepare<Body>(body: Body): Prepared<Body> {
  const json = JSON.stringify(body);
  return { body, json, tag: hash("sha256", json, "base64url").slice(0, 22) };
}

/** The type to answer with. @throws ProblemError 406 when there is none of those that the client takes. */
function chosenType(c: ApiContext, isTable: boolean): string {
  const accept = headerOf(c, "accept");
  if (accept === undefined || accept === "*/*" || accept.startsWith(JSON_TYPE)) return JSON_TYPE;
  const supports = isTable ? ALL_TYPES : [JSON_TYPE, CBOR_TYPE];
  const isAny = /(\*|application)\/\*/.test(accept);
  const chosen = accepts(c, { header: "Accept", supports, default: isAny ? JSON_TYPE : "" });
  if (chosen === "")
    throw new ProblemError(406, `${c.req.path} has ${supports.join(", ")}; the Accept header asks for ${accept.slice(0, 100)}.`);
  return chosen;
}

/** RFC 9110, 8.8.3: each form has a tag of its own. */
const etagOf = (tag: string, type: string): string => (type === JSON_TYPE ? `"${tag}"` : `"${tag}.${type.replace(/.*\//, "")}"`);

function encode<Body>({ body, json }: Prepared<Body>, type: string, table: Tabular<Body> | undefined): string | Uint8Array<ArrayBuffer> {
  if (type === JSON_TYPE) return json;
  if (type === CBOR_TYPE) return encodeCbor(body);
  if (table === undefined) throw new Error(`${type} without a table`);
  if (type === "text/csv") return toCsv(table.rows(body), table.columns);
  const records = table.senml(body);
  return type === "application/senml+json" ? JSON.stringify(records) : encodeCbor(labelled(records));
}

/**
 * Of every read. As one plain object, which the server writes as it is: a Headers that many hands add to takes longer than all else.
 * RFC 9111, 5.2.2: a home's data is for whoever asked, and is to be asked for each time.
 */
const READ_HEADERS = { ...SECURE_HEADERS, "Cache-Control": "private, no-cache", Vary: "Accept, Authorization, Cookie" };

/** Answers with a body, or with 304 when the client has it. */
export function answer<Body>(c: ApiContext, prepared: Prepared<Body>, table?: Tabular<Body>): Response {
  const type = chosenType(c, table !== undefined);
  const etag = etagOf(prepared.tag, type);
  const known = headerOf(c, "if-none-match");
  const isKnown = known !== undefined && known.split(",").some((one) => one.trim().replace(/^W\//, "") === etag);
  c.set("isSecured", true);
  if (isKnown) return new Response(null, { status: 304, headers: { ...READ_HEADERS, ETag: etag } });
  const contentType = type === "text/csv" ? "text/csv; charset=utf-8; header=present" : type;
  return new Response(encode(prepared, type, table), {
    status: 200,
    headers: { ...READ_HEADERS, ETag: etag, "Content-Type": contentType },
  });
}

/**
 * Holds If-Match against what is there now (RFC 9110, 13.1.1), so that nobody overwrites a change that they have not seen.
 * @throws ProblemError 428 without the header, 412 when it is another state.
 */
export function checkMatch(c: ApiContext, current: unknown): void {
  const wanted = c.req.header("if-match");
  if (wanted === undefined) {
    throw new ProblemError(
      428,
      `Send If-Match with the ETag of GET ${c.req.path}, so that no change of somebody else is overwritten; "*" overwrites any.`,
    );
  }
  const { tag } = prepare(current);
  const tags = wanted.split(",").map((one) => one.trim().replace(/^"([\w-]+)(\..*)?"$/, "$1"));
  if (!tags.includes("*") && !tags.includes(tag))
    throw new ProblemError(412, "It was changed since you read it: read it again, and change that.");
}
