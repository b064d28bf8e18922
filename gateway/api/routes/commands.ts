/**
 * Routes: what a board is asked to do. Each answers with the command, whose state tells what became of it.
 * @module
 */
import { z } from "@hono/zod-openapi";
import {
  boardCommand,
  boardCommandList,
  calibration,
  commandNumber,
  identifyRequest,
  overrideRequest,
  policySettings,
} from "../schemas/commands.ts";
import { boardId, integerText, pageQuery } from "../schemas/fields.ts";
import { body, defineRoute, json, missing, refused, stale, unavailable } from "./define.ts";

const tags = ["commands"];
const params = z.strictObject({ boardId });
const responses = { 202: json(boardCommand, "It waits for the board."), 400: refused, 404: missing, 503: unavailable };

export const commandsRoute = defineRoute({
  method: "get",
  path: "/boards/{boardId}/commands",
  "x-access": "read",
  tags,
  summary: "A board's commands, newest first",
  request: { params, query: z.strictObject({ limit: pageQuery.limit }) },
  responses: { 200: json(boardCommandList, "The newest commands."), 400: refused, 404: missing, 503: unavailable },
});

export const commandRoute = defineRoute({
  method: "get",
  path: "/boards/{boardId}/commands/{commandId}",
  "x-access": "read",
  tags,
  summary: "One command and its state",
  request: { params: z.strictObject({ boardId, commandId: commandNumber }) },
  responses: { 200: json(boardCommand, "The command."), 400: refused, 404: missing, 503: unavailable },
});

export const setPolicyRoute = defineRoute({
  method: "put",
  path: "/boards/{boardId}/policy",
  "x-access": "control",
  tags,
  summary: "Change the limits at which a board switches",
  description: "If-Match: the ETag of `GET` on the same path.",
  request: { params, body: body(policySettings) },
  responses: { ...responses, 412: stale },
});

export const overrideRoute = defineRoute({
  method: "post",
  path: "/boards/{boardId}/override",
  "x-access": "control",
  tags,
  summary: "Hold a source for some time",
  request: { params, body: body(overrideRequest) },
  responses,
});

export const endOverrideRoute = defineRoute({
  method: "delete",
  path: "/boards/{boardId}/override",
  "x-access": "control",
  tags,
  summary: "Give the relays back to the board's own rules",
  request: { params },
  responses,
});

export const identifyRoute = defineRoute({
  method: "post",
  path: "/boards/{boardId}/identify",
  "x-access": "control",
  tags,
  summary: "Let a board blink",
  request: { params, body: body(identifyRequest) },
  responses,
});

export const askDiagnosticsRoute = defineRoute({
  method: "post",
  path: "/boards/{boardId}/diagnostics",
  "x-access": "control",
  tags,
  summary: "Ask a board for its diagnostics now",
  request: { params },
  responses,
});

export const rebootRoute = defineRoute({
  method: "post",
  path: "/boards/{boardId}/reboot",
  "x-access": "admin",
  tags,
  summary: "Restart a board, its relays safe",
  request: { params },
  responses,
});

export const calibrateRoute = defineRoute({
  method: "put",
  path: "/boards/{boardId}/calibration/{channel}",
  "x-access": "admin",
  tags,
  summary: "Correct one channel of a board",
  request: {
    params: z.strictObject({ boardId, channel: integerText(0, 15, "Index of the channel on its board.") }),
    body: body(calibration),
  },
  responses,
});
