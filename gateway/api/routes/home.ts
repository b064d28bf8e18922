/**
 * Routes: the home itself, its health and its storage.
 * @module
 */
import { health } from "../schemas/health.ts";
import { node } from "../schemas/node.ts";
import { storage, storeSettings } from "../schemas/storage.ts";
import { body, defineRoute, json, refused, stale } from "./define.ts";

export const nodeRoute = defineRoute({
  method: "get",
  path: "/node",
  "x-access": "read",
  tags: ["home"],
  summary: "This home",
  responses: { 200: json(node, "The home and its gateway's clock.") },
});

export const healthRoute = defineRoute({
  method: "get",
  path: "/health",
  "x-access": "read",
  tags: ["home"],
  summary: "Whether each part of the gateway does its work",
  responses: { 200: json(health, "It works, if degraded."), 503: json(health, "Nothing can be stored.") },
});

export const storageRoute = defineRoute({
  method: "get",
  path: "/storage",
  "x-access": "read",
  tags: ["home"],
  summary: "What is kept, and how much room there is",
  responses: { 200: json(storage, "Sizes and counts.") },
});

export const storeSettingsRoute = defineRoute({
  method: "get",
  path: "/storage/settings",
  "x-access": "read",
  tags: ["home"],
  summary: "How long what is kept, and the time zone of its days",
  responses: { 200: json(storeSettings, "The settings.") },
});

export const changeStoreSettingsRoute = defineRoute({
  method: "put",
  path: "/storage/settings",
  "x-access": "admin",
  tags: ["home"],
  summary: "Change how long what is kept",
  description: "If-Match: the ETag of `GET` on the same path. What is dropped by it is gone, but for backups.",
  request: { body: body(storeSettings) },
  responses: { 200: json(storeSettings, "Changed."), 400: refused, 412: stale },
});
