/**
 * Routes: orders, slots and settlements.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { publicId } from "../schemas/access.ts";
import {
  estimate,
  flowQuery,
  flows,
  newOrder,
  order,
  orderList,
  preview,
  previewQuery,
  settlementPage,
  slot,
  slotNumber,
  slotPage,
  tradeQuery,
} from "../schemas/trade.ts";
import { body, conflict, defineRoute, json, missing, refused, stale, unavailable } from "./define.ts";

const tags = ["trade"];
const params = z.strictObject({ orderId: publicId });

export const ordersRoute = defineRoute({
  method: "get",
  path: "/orders",
  "x-access": "read",
  tags,
  summary: "This home's standing orders, newest first",
  responses: { 200: json(orderList, "Every order that was not forgotten."), 503: unavailable },
});

export const createOrderRoute = defineRoute({
  method: "post",
  path: "/orders",
  "x-access": "control",
  tags,
  summary: "Place a standing order",
  description: "409 when the home has an order of that side: replace or cancel it. 503 while the node's key is locked.",
  request: { body: body(newOrder) },
  responses: { 202: json(order, "Pending until the chain confirmed it."), 400: refused, 409: conflict, 503: unavailable },
});

export const orderRoute = defineRoute({
  method: "get",
  path: "/orders/{orderId}",
  "x-access": "read",
  tags,
  summary: "One order",
  request: { params },
  responses: { 200: json(order, "The order."), 400: refused, 404: missing, 503: unavailable },
});

export const replaceOrderRoute = defineRoute({
  method: "put",
  path: "/orders/{orderId}",
  "x-access": "control",
  tags,
  summary: "Replace an order",
  description: "If-Match: the ETag of `GET` on the same path.",
  request: { params, body: body(newOrder) },
  responses: { 202: json(order, "Pending until the chain confirmed it."), 400: refused, 404: missing, 409: conflict, 412: stale, 503: unavailable },
});

export const cancelOrderRoute = defineRoute({
  method: "delete",
  path: "/orders/{orderId}",
  "x-access": "control",
  tags,
  summary: "Cancel an order",
  request: { params },
  responses: { 202: json(order, "Cancelling until the chain confirmed it."), 400: refused, 404: missing, 409: conflict, 503: unavailable },
});

export const slotsRoute = defineRoute({
  method: "get",
  path: "/slots",
  "x-access": "read",
  tags,
  summary: "Slots and their state, newest first",
  request: { query: tradeQuery },
  responses: { 200: json(slotPage, "A page of slots."), 400: refused, 503: unavailable },
});

export const slotRoute = defineRoute({
  method: "get",
  path: "/slots/{slot}",
  "x-access": "read",
  tags,
  summary: "One slot",
  request: { params: z.strictObject({ slot: slotNumber }) },
  responses: { 200: json(slot, "The slot."), 400: refused, 404: missing, 503: unavailable },
});

export const settlementsRoute = defineRoute({
  method: "get",
  path: "/settlements",
  "x-access": "read",
  tags,
  summary: "What each slot cost or earned this home, from whom, at what price and why; newest slot first",
  request: { query: tradeQuery },
  responses: { 200: json(settlementPage, "A page of settlements."), 400: refused, 503: unavailable },
});

export const flowsRoute = defineRoute({
  method: "get",
  path: "/trades",
  "x-access": "read",
  tags,
  summary: "Who sold how much to whom in the whole community, summed over slots",
  description: "The newest cleared slot unless bounds are given.",
  request: { query: flowQuery },
  responses: { 200: json(flows, "Energy from home to home."), 400: refused, 503: unavailable },
});

export const previewRoute = defineRoute({
  method: "get",
  path: "/trades/preview",
  "x-access": "read",
  tags,
  summary: "What an order would have done in slots that are cleared",
  request: { query: previewQuery },
  responses: { 200: json(preview, "The slots cleared anew with it, and as they were settled."), 400: refused, 503: unavailable },
});

export const estimateRoute = defineRoute({
  method: "get",
  path: "/trades/estimate",
  "x-access": "read",
  tags,
  summary: "The running slot: its energy so far, and what that will cost or earn at the present order",
  responses: { 200: json(estimate, "A guess."), 503: unavailable },
});
