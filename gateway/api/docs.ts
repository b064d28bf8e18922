/**
 * The API's documentation at /api/docs: Swagger UI from its package, with a page of our own, since the package's has inline scripts and
 * loads an example from elsewhere.
 * @module
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Hono } from "hono";
import { readFile, serveFile, serveText } from "./static.ts";

const FOLDER = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
const FILES = ["swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"];

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>DAISEE gateway: API</title>
<link rel="icon" href="/api/docs/favicon-32x32.png">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
`;

/** `validatorUrl: null`: the document is checked by our tests, and not sent to anybody's web service. */
const START = `"use strict";
SwaggerUIBundle({
  url: "/api/v1/openapi.json",
  dom_id: "#docs",
  validatorUrl: null,
  deepLinking: true,
  withCredentials: true,
  requestInterceptor: (request) => {
    request.headers["X-Daisee-Client"] = "docs";
    return request;
  },
});
`;

/** Routes below /api/docs. The files are read when they are first asked for. */
export function docs(): Hono {
  const routes = new Hono();
  routes.get("/", serveText(PAGE, "text/html; charset=utf-8"));
  routes.get("/start.js", serveText(START, "text/javascript; charset=utf-8"));
  for (const name of FILES) {
    let file: ReturnType<typeof readFile> | undefined;
    routes.get(`/${name}`, (c) => serveFile(c, (file ??= readFile(join(FOLDER, name)))));
  }
  return routes;
}
