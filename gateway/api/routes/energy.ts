/**
 * Routes: energy and money by period, and the tariffs that make the one into the other.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { publicId } from "../schemas/access.ts";
import { energy, energyQuery, money, moneyQuery } from "../schemas/energy.ts";
import { newTariff, tariff, tariffList } from "../schemas/tariffs.ts";
import { body, conflict, defineRoute, done, json, missing, refused, stale } from "./define.ts";

const tags = ["energy"];
const params = z.strictObject({ tariffId: publicId });

export const energyRoute = defineRoute({
  method: "get",
  path: "/energy",
  "x-access": "read",
  tags,
  summary: "Energy of each meter by day, week, month or year",
  request: { query: energyQuery },
  responses: { 200: json(energy, "One item per period."), 400: refused },
});

export const moneyRoute = defineRoute({
  method: "get",
  path: "/money",
  "x-access": "read",
  tags,
  summary: "What the billed meters' energy cost by day, week, month or year",
  request: { query: moneyQuery },
  responses: { 200: json(money, "One item per period."), 400: refused },
});

export const tariffsRoute = defineRoute({
  method: "get",
  path: "/tariffs",
  "x-access": "read",
  tags,
  summary: "The tariffs, each in force until the next one's first day",
  responses: { 200: json(tariffList, "Every tariff.") },
});

export const createTariffRoute = defineRoute({
  method: "post",
  path: "/tariffs",
  "x-access": "admin",
  tags,
  summary: "Add a tariff",
  request: { body: body(newTariff) },
  responses: { 201: json(tariff, "Added."), 400: refused, 409: conflict },
});

export const tariffRoute = defineRoute({
  method: "get",
  path: "/tariffs/{tariffId}",
  "x-access": "read",
  tags,
  summary: "One tariff",
  request: { params },
  responses: { 200: json(tariff, "The tariff."), 400: refused, 404: missing },
});

export const replaceTariffRoute = defineRoute({
  method: "put",
  path: "/tariffs/{tariffId}",
  "x-access": "admin",
  tags,
  summary: "Replace a tariff",
  description: "If-Match: the ETag of `GET` on the same path. What it cost before is counted anew by it.",
  request: { params, body: body(newTariff) },
  responses: { 200: json(tariff, "Replaced."), 400: refused, 404: missing, 409: conflict, 412: stale },
});

export const deleteTariffRoute = defineRoute({
  method: "delete",
  path: "/tariffs/{tariffId}",
  "x-access": "admin",
  tags,
  summary: "Delete a tariff",
  request: { params },
  responses: { 204: done("Deleted."), 400: refused, 404: missing },
});
