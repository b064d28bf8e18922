/**
 * Routes: boards and their meters.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { boardChange, newBoard, newSecret, nextBoot } from "../schemas/boards.ts";
import { boardSettingsView, diagnostics, policyState } from "../schemas/commands.ts";
import { boardId, orNull } from "../schemas/fields.ts";
import { board, boardList, meterList } from "../schemas/node.ts";
import { body, conflict, defineRoute, json, missing, refused, stale, unavailable } from "./define.ts";

const tags = ["boards"];
const params = z.strictObject({ boardId });

export const boardsRoute = defineRoute({
  method: "get",
  path: "/boards",
  "x-access": "read",
  tags,
  summary: "The boards, each with its state now, and those that wait to be admitted",
  responses: { 200: json(boardList, "Every board.") },
});

export const admitBoardRoute = defineRoute({
  method: "post",
  path: "/boards",
  "x-access": "admin",
  tags,
  summary: "Admit a board",
  request: { body: body(newBoard) },
  responses: { 201: json(board, "Admitted."), 400: refused, 409: conflict, 503: unavailable },
});

export const boardRoute = defineRoute({
  method: "get",
  path: "/boards/{boardId}",
  "x-access": "read",
  tags,
  summary: "One board",
  request: { params },
  responses: { 200: json(board, "The board."), 400: refused, 404: missing },
});

export const changeBoardRoute = defineRoute({
  method: "put",
  path: "/boards/{boardId}",
  "x-access": "admin",
  tags,
  summary: "Rename a board and its meters",
  description: "If-Match: the ETag of `GET /boards/{boardId}/description`.",
  request: { params, body: body(boardChange) },
  responses: { 200: json(boardChange, "Renamed."), 400: refused, 404: missing, 412: stale, 503: unavailable },
});

export const boardSecretRoute = defineRoute({
  method: "put",
  path: "/boards/{boardId}/secret",
  "x-access": "admin",
  tags,
  summary: "Give an admitted board a new secret, when it is flashed again",
  request: { params, body: body(newSecret) },
  responses: { 200: json(nextBoot, "Replaced: messages under the old secret are refused."), 400: refused, 404: missing, 503: unavailable },
});

export const boardDescriptionRoute = defineRoute({
  method: "get",
  path: "/boards/{boardId}/description",
  "x-access": "read",
  tags,
  summary: "What people call a board and its meters",
  request: { params },
  responses: { 200: json(boardChange, "The names."), 400: refused, 404: missing },
});

export const boardSettingsRoute = defineRoute({
  method: "get",
  path: "/boards/{boardId}/settings",
  "x-access": "read",
  tags,
  summary: "What a board is set to",
  request: { params },
  responses: { 200: json(boardSettingsView, "As far as this gateway knows."), 400: refused, 404: missing },
});

export const policyRoute = defineRoute({
  method: "get",
  path: "/boards/{boardId}/policy",
  "x-access": "read",
  tags,
  summary: "The limits at which a board switches",
  request: { params },
  responses: { 200: json(policyState, "The policy, and the change that is under way."), 400: refused, 404: missing },
});

export const diagnosticsRoute = defineRoute({
  method: "get",
  path: "/boards/{boardId}/diagnostics",
  "x-access": "read",
  tags,
  summary: "What a board last told of its health",
  request: { params },
  responses: { 200: json(orNull(diagnostics), "Its newest diagnostics; null before its first ones."), 400: refused, 404: missing, 503: unavailable },
});

export const metersRoute = defineRoute({
  method: "get",
  path: "/meters",
  "x-access": "read",
  tags,
  summary: "The meters of all boards, each with its newest reading",
  responses: { 200: json(meterList, "Every meter.") },
});
