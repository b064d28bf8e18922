/**
 * The API: what guards it, and every group of routes with its handlers.
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { createAudit } from "#gateway/auth/audit.ts";
import { createSessionCookie } from "./cookie.ts";
import type { ApiEnv, Transport } from "./env.ts";
import { createGuard } from "./guard.ts";
import { mountAccess } from "./handlers/access.ts";
import { mountAccounts } from "./handlers/accounts.ts";
import { mountBoards } from "./handlers/boards.ts";
import { mountChain } from "./handlers/chain.ts";
import { mountCommands } from "./handlers/commands.ts";
import { mountEnergy } from "./handlers/energy.ts";
import { mountExchange } from "./handlers/exchange.ts";
import { mountHome } from "./handlers/home.ts";
import { mountIntegrations } from "./handlers/integrations.ts";
import type { Parts } from "./handlers/parts.ts";
import { mountReadings } from "./handlers/readings.ts";
import { mountTariffs } from "./handlers/tariffs.ts";
import { mountTrade } from "./handlers/trade.ts";
import { mountWire } from "./handlers/wire.ts";
import { createIdempotency } from "./idempotency.ts";
import { createMount } from "./mount.ts";

export interface ApiOptions extends Omit<Parts, "cookie" | "transport"> {
  /** Default: plain HTTP, no proxy. */
  transport?: Transport;
}

/** The routes of `/api/v1`, without that prefix. */
export function createApi({ transport = { isTls: false, hasProxy: false }, ...options }: ApiOptions): OpenAPIHono<ApiEnv> {
  const { access, store, clock, node } = options;
  const cookie = createSessionCookie(node.id, transport);
  const guard = createGuard({ access, cookie, transport });
  const { api, mount } = createMount({ guard, audit: createAudit({ store, clock }), once: createIdempotency(clock), transport });
  const parts: Parts = { ...options, cookie, transport };
  mountAccess(mount, parts);
  mountAccounts(mount, parts);
  mountHome(mount, parts);
  mountIntegrations(mount, parts);
  mountBoards(mount, parts);
  mountCommands(mount, parts);
  mountReadings(mount, parts);
  mountEnergy(mount, parts);
  mountTariffs(mount, parts);
  mountTrade(mount, parts);
  mountExchange(mount, parts);
  mountChain(mount, parts);
  mountWire(mount, parts, api);
  return api;
}
