/**
 * `/metrics`, for whoever shows a token of scope `read`, or for anybody where the settings say so.
 * @module
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { ApiEnv } from "#gateway/api/env.ts";
import { createSessionCookie } from "#gateway/api/cookie.ts";
import { createGuard } from "#gateway/api/guard.ts";
import type { IntegrationParts } from "../ports.ts";
import { createStatus } from "../status.ts";
import type { IntegrationStatus } from "../status.ts";
import { createMetrics } from "./metrics.ts";

export function createPrometheus(
  parts: IntegrationParts & { integrations: () => IntegrationStatus[] },
  settings: { public: boolean },
): { path: string; app: OpenAPIHono<ApiEnv>; status(): IntegrationStatus } {
  const { access, node, transport, clock } = parts;
  const status = createStatus("prometheus", clock, ["scrapes", "errors"]);
  status.become("working");
  const metrics = createMetrics(parts);
  const guard = createGuard({ access, cookie: createSessionCookie(node.id, transport), transport });
  const app = new OpenAPIHono<ApiEnv>();
  app.get("/", guard(settings.public ? "public" : "read"), async (c) => {
    try {
      const text = await metrics.render();
      status.count("scrapes");
      return c.body(text, 200, { "Content-Type": metrics.contentType, "Cache-Control": "no-store" });
    } catch (error) {
      status.wrong("errors", error);
      throw error;
    }
  });
  return { path: "/metrics", app, status: () => status.view() };
}
