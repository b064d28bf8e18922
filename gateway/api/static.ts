/**
 * The dashboard's files, read once at the start. What is not in the folder then does not exist, so no path can lead out of it.
 * @module
 */
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { extname, join } from "node:path";
import { Hono } from "hono";
import type { Context, Handler } from "hono";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".json": "application/json",
  ".map": "application/json",
};

interface StaticFile {
  body: Uint8Array<ArrayBuffer> | string;
  type: string;
  etag: string;
}

function staticFile(body: StaticFile["body"], type: string): StaticFile {
  return { body, type, etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"` };
}

/** A file as it is served. @throws when it cannot be read. */
export function readFile(path: string): StaticFile {
  return staticFile(new Uint8Array(readFileSync(path)), TYPES[extname(path)] ?? "application/octet-stream");
}

/** Answers with a file, or with 304 when the client has it. */
export function serveFile(c: Context, { body, etag, type }: StaticFile): Response {
  // RFC 9111, 5.2.2.4: a browser may keep it, and asks each time whether it is still this one.
  const headers = { ETag: etag, "Cache-Control": "no-cache" };
  const known = c.req
    .header("if-none-match")
    ?.split(",")
    .map((tag) => tag.trim().replace(/^W\//, ""));
  if (known?.includes(etag) || known?.includes("*")) return c.body(null, 304, headers);
  return c.body(body, 200, { ...headers, "Content-Type": type });
}

/** A handler for a text that is in no file. */
export function serveText(text: string, type: string): Handler {
  const file = staticFile(text, type);
  return (c) => serveFile(c, file);
}

/**
 * Routes for the files of a folder, with `index.html` at "/" as well.
 * @throws when the folder cannot be read: the dashboard was not built.
 */
export function staticFiles(folder: string): Hono {
  let files: { name: string; file: StaticFile }[];
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    files = entries.map(({ name }) => ({ name, file: readFile(join(folder, name)) }));
  } catch (cause) {
    throw new Error(`${folder} cannot be read: build the dashboard first ("npm run build").`, { cause });
  }
  const routes = new Hono();
  for (const { name, file } of files) {
    routes.get(`/${name}`, (c) => serveFile(c, file));
    if (name === "index.html") routes.get("/", (c) => serveFile(c, file));
  }
  return routes;
}
