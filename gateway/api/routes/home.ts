/**
 * Routes: the home itself, its health and its storage.
 * @module
 */
import { health } from "../schemas/health.ts";
import { node } from "../schemas/node.ts";
import { storage } from "../schemas/storage.ts";
import { defineRoute, json } from "./define.ts";

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
