/**
 * Handlers: the home itself, its health and its storage.
 * @module
 */
import { checkHealth } from "../health.ts";
import type { Mount } from "../mount.ts";
import * as routes from "../routes/home.ts";
import type { Parts } from "./parts.ts";

export function mountHome(mount: Mount, parts: Parts): void {
  const { node, clock } = parts;
  mount.read(routes.nodeRoute, () => ({ ...node, nowUtcMs: clock.nowMs() }));
  mount.raw(routes.healthRoute, async (c) => {
    const health = await checkHealth({ ...parts, nowMs: clock.nowMs() });
    return c.json(health, health.status === "failing" ? 503 : 200, { "Cache-Control": "no-store" });
  });
  mount.read(routes.storageRoute, () => parts.store.storage());
}
