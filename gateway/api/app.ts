/**
 * The gateway's HTTP application: the API under `/api/v1`, the dashboard's files beside it, and what guards both.
 * @module
 */
import { fileURLToPath } from "node:url";
import { OpenAPIHono } from "@hono/zod-openapi";
import { methodNotAllowed } from "hono/method-not-allowed";
import { createApi } from "./api.ts";
import type { ApiOptions } from "./api.ts";
import { docs } from "./docs.ts";
import type { ApiEnv } from "./env.ts";
import { hostCheck } from "./host.ts";
import { createErrorHandler, onMethodNotAllowed, onNotFound } from "./problem.ts";
import { secure } from "./secure.ts";
import { staticFiles } from "./static.ts";

export interface AppOptions extends ApiOptions {
  /** Host names under which the gateway is reached, beside the loopback's. */
  allowedHosts?: readonly string[];
  /** Applications of their own beside the API, by path; each says for itself who may ask. */
  mounts?: readonly { path: string; app: OpenAPIHono<ApiEnv> }[];
  /** Folder of the built dashboard. */
  webDir?: string;
}

const WEB_DIR = fileURLToPath(new URL("../web/dist", import.meta.url));

/**
 * The application as one fetch handler.
 * @throws when the dashboard was not built.
 */
export function createApp(options: AppOptions): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>();
  app.onError(createErrorHandler(options.log));
  app.notFound(onNotFound);
  // Before the others', so that it has the last word: Swagger UI draws its icons from data URLs.
  app.use("/api/docs/*", secure(["data:"]));
  app.use(secure(), hostCheck(options.allowedHosts), methodNotAllowed({ app, onMethodNotAllowed }));
  app.route("/api/v1", createApi(options));
  app.route("/api/docs", docs());
  for (const mounted of options.mounts ?? []) app.route(mounted.path, mounted.app);
  app.route("/", staticFiles(options.webDir ?? WEB_DIR));
  return app;
}
