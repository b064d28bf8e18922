/**
 * Routes: accounts, tokens and the audit log.
 * @module
 */
import { z } from "@hono/zod-openapi";
import {
  account,
  accountChange,
  accountList,
  auditPage,
  auditQuery,
  createdToken,
  newAccount,
  newToken,
  publicId,
  tokenList,
} from "../schemas/access.ts";
import { body, conflict, defineRoute, done, json, missing, refused, stale } from "./define.ts";

const tags = ["accounts"];
const params = z.strictObject({ accountId: publicId });

export const accountsRoute = defineRoute({
  method: "get",
  path: "/accounts",
  "x-access": "admin",
  tags,
  summary: "The household's accounts",
  responses: { 200: json(accountList, "By name.") },
});

export const createAccountRoute = defineRoute({
  method: "post",
  path: "/accounts",
  "x-access": "admin",
  tags,
  summary: "Add an account",
  request: { body: body(newAccount) },
  responses: { 201: json(account, "Added."), 400: refused, 409: conflict },
});

export const accountRoute = defineRoute({
  method: "get",
  path: "/accounts/{accountId}",
  "x-access": "admin",
  tags,
  summary: "One account",
  request: { params },
  responses: { 200: json(account, "The account."), 400: refused, 404: missing },
});

export const changeAccountRoute = defineRoute({
  method: "put",
  path: "/accounts/{accountId}",
  "x-access": "admin",
  tags,
  summary: "Change an account's name, role or password",
  description: "If-Match: the ETag of `GET` on the same path.",
  request: { params, body: body(accountChange) },
  responses: { 200: json(account, "Changed."), 400: refused, 404: missing, 409: conflict, 412: stale },
});

export const deleteAccountRoute = defineRoute({
  method: "delete",
  path: "/accounts/{accountId}",
  "x-access": "admin",
  tags,
  summary: "Delete an account, its sessions and its tokens",
  request: { params },
  responses: { 204: done("Deleted."), 400: refused, 404: missing, 409: conflict },
});

export const tokensRoute = defineRoute({
  method: "get",
  path: "/tokens",
  "x-access": "admin",
  tags,
  summary: "The tokens of programs",
  responses: { 200: json(tokenList, "Without their secrets.") },
});

export const createTokenRoute = defineRoute({
  method: "post",
  path: "/tokens",
  "x-access": "admin",
  tags,
  summary: "Make a token for a program",
  request: { body: body(newToken) },
  responses: { 201: json(createdToken, "With its secret, this once."), 400: refused },
});

export const revokeTokenRoute = defineRoute({
  method: "delete",
  path: "/tokens/{tokenId}",
  "x-access": "admin",
  tags,
  summary: "Revoke a token at once",
  request: { params: z.strictObject({ tokenId: publicId }) },
  responses: { 204: done("Revoked."), 400: refused, 404: missing },
});

export const auditRoute = defineRoute({
  method: "get",
  path: "/audit",
  "x-access": "admin",
  tags,
  summary: "Who changed what, newest first",
  request: { query: auditQuery },
  responses: { 200: json(auditPage, "A page of the log."), 400: refused },
});
