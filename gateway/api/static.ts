/**
 * The dashboard's files, read once at the start. What is not in the folder then does not exist, so no path can lead out of it.
 * @module
 */
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { extname, join } from "node:path";
import { Hono } from "hono";
import type { Handler } from "hono";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".map": "application/json",
};

interface StaticFile {
  name: string;
  body: Uint8Array<ArrayBuffer>;
  type: string;
  etag: string;
}

function readFiles(folder: string): StaticFile[] {
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map(({ name }) => {
    const body = new Uint8Array(readFileSync(join(folder, name)));
    const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
    return { name, body, etag, type: TYPES[extname(name)] ?? "application/octet-stream" };
  });
}

/** Answers with a file, or with 304 when the client has it. */
function serve({ body, etag, type }: StaticFile): Handler {
  return function serveFile(c) {
    // RFC 9111, 5.2.2.4: a browser may keep it, and asks each time whether it is still this one.
    const headers = { ETag: etag, "Cache-Control": "no-cache" };
    const known = c.req.header("if-none-match")?.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
    if (known?.includes(etag) || known?.includes("*")) return c.body(null, 304, headers);
    return c.body(body, 200, { ...headers, "Content-Type": type });
  };
}

/**
 * Routes for the files of a folder, with `index.html` at "/" as well.
 * @throws when the folder cannot be read: the dashboard was not built.
 */
export function staticFiles(folder: string): Hono {
  let files: StaticFile[];
  try {
    files = readFiles(folder);
  } catch (cause) {
    throw new Error(`${folder} cannot be read: build the dashboard first ("npm run build").`, { cause });
  }
  const routes = new Hono();
  for (const file of files) {
    routes.get(`/${file.name}`, serve(file));
    if (file.name === "index.html") routes.get("/", serve(file));
  }
  return routes;
}
