/**
 * Handlers: the home itself, its health and its storage.
 * @module
 */
import { isTimeZone } from "#gateway/tariffs/time-zone.ts";
import { checkMatch } from "../formats/answer.ts";
import { checkHealth } from "../health.ts";
import type { Mount } from "../mount.ts";
import { ProblemError } from "../problem.ts";
import * as routes from "../routes/home.ts";
import type { Parts } from "./parts.ts";

export function mountHome(mount: Mount, parts: Parts): void {
  const { node, clock, store } = parts;
  mount.read(routes.nodeRoute, () => ({ ...node, nowUtcMs: clock.nowMs() }));
  mount.raw(routes.healthRoute, async (c) => {
    const health = await checkHealth({ ...parts, nowMs: clock.nowMs() });
    return c.json(health, health.status === "failing" ? 503 : 200, { "Cache-Control": "no-store" });
  });
  mount.read(routes.storageRoute, () => store.storage());
  mount.read(routes.storeSettingsRoute, () => store.storeSettings());

  mount.change(routes.changeStoreSettingsRoute, async (c) => {
    const wanted = c.req.valid("json");
    if (!isTimeZone(wanted.timeZone))
      throw new ProblemError(400, `${wanted.timeZone} is no time zone: expected an IANA name such as Europe/Paris.`);
    const before = await store.storeSettings();
    checkMatch(c, before);
    const after = await store.changeStoreSettings(wanted);
    return { status: 200, body: after, audit: { action: "storage.settings", target: "storage", before, after } };
  });
}
