/**
 * Routes: setting up, logging in and out, one's own password and sessions.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { account, accessState, logIn, passwordChange, publicId, sessionList, setUp } from "../schemas/access.ts";
import { body, conflict, defineRoute, done, json, missing, problem, refused } from "./define.ts";

const tags = ["access"];
const tooMany = problem("Too many attempts: wait for as long as Retry-After says.");
const wrong = problem("Name and password, or code, do not fit.");

export const accessRoute = defineRoute({
  method: "get",
  path: "/access",
  "x-access": "public",
  tags,
  summary: "What this request may do, and whether there is an account yet",
  responses: { 200: json(accessState, "Mode, scope and account.") },
});

export const setUpRoute = defineRoute({
  method: "post",
  path: "/setup",
  "x-access": "public",
  tags,
  summary: "Make the first account, an owner, and log in",
  request: { body: body(setUp) },
  responses: { 201: json(account, "Made, and logged in."), 400: refused, 401: wrong, 409: conflict, 429: tooMany },
});

export const logInRoute = defineRoute({
  method: "post",
  path: "/session",
  "x-access": "public",
  tags,
  summary: "Log in",
  request: { body: body(logIn) },
  responses: { 201: json(account, "Logged in: a cookie holds the session."), 400: refused, 401: wrong, 429: tooMany },
});

export const logOutRoute = defineRoute({
  method: "delete",
  path: "/session",
  "x-access": "person",
  tags,
  summary: "Log out",
  responses: { 204: done("Logged out.") },
});

export const changePasswordRoute = defineRoute({
  method: "put",
  path: "/session/password",
  "x-access": "person",
  tags,
  summary: "Change one's own password",
  description: "Ends all other sessions of the account, and gives this one a new cookie.",
  request: { body: body(passwordChange) },
  responses: { 204: done("Changed."), 400: refused, 401: wrong, 429: tooMany },
});

export const sessionsRoute = defineRoute({
  method: "get",
  path: "/sessions",
  "x-access": "person",
  tags,
  summary: "One's own sessions; an owner sees everybody's",
  responses: { 200: json(sessionList, "Newest first.") },
});

export const endSessionRoute = defineRoute({
  method: "delete",
  path: "/sessions/{sessionId}",
  "x-access": "person",
  tags,
  summary: "End a session",
  request: { params: z.strictObject({ sessionId: publicId }) },
  responses: { 204: done("Ended."), 400: refused, 404: missing },
});
