/**
 * Routes: the home's account at the community's exchange.
 * @module
 */
import { exchangeAccount, exchangeTerms, newTransfer, sellerList, transfer, transferList } from "../schemas/exchange.ts";
import { body, conflict, defineRoute, json, refused, unavailable } from "./define.ts";

const tags = ["trade"];

export const exchangeAccountRoute = defineRoute({
  method: "get",
  path: "/exchange/account",
  "x-access": "read",
  tags,
  summary: "The home's coins: deposited, held for open slots, paid in advance, owed",
  responses: { 200: json(exchangeAccount, "As the newest block has it that was looked at."), 503: unavailable },
});

export const exchangeTermsRoute = defineRoute({
  method: "get",
  path: "/exchange/terms",
  "x-access": "read",
  tags,
  summary: "The community's tariff and tolerances",
  responses: { 200: json(exchangeTerms, "Those that hold in the running slot."), 503: unavailable },
});

export const sellersRoute = defineRoute({
  method: "get",
  path: "/exchange/sellers",
  "x-access": "read",
  tags,
  summary: "Which homes sell, at what price",
  responses: { 200: json(sellerList, "Standing asks, cheapest first."), 503: unavailable },
});

export const transfersRoute = defineRoute({
  method: "get",
  path: "/exchange/transfers",
  "x-access": "read",
  tags,
  summary: "Deposits, withdrawals and advance payments that were asked for here, newest first",
  responses: { 200: json(transferList, "The newest hundred."), 503: unavailable },
});

export const createTransferRoute = defineRoute({
  method: "post",
  path: "/exchange/transfers",
  "x-access": "control",
  tags,
  summary: "Deposit, withdraw, pay in advance, or take that back",
  description: "Send an Idempotency-Key, so that a request that is repeated moves coins once.",
  request: { body: body(newTransfer) },
  responses: { 202: json(transfer, "Pending until the chain confirmed it."), 400: refused, 409: conflict, 503: unavailable },
});
