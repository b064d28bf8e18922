/**
 * Every text of the dashboard, by page, in one place: a second language is a second object of this shape.
 * @module
 */
import { boards } from "./texts/boards.ts";
import { chain } from "./texts/chain.ts";
import { common } from "./texts/common.ts";
import { history } from "./texts/history.ts";
import { neighbours } from "./texts/neighbours.ts";
import { now } from "./texts/now.ts";
import { settings } from "./texts/settings.ts";
import { settlement } from "./texts/settlement.ts";
import { shell } from "./texts/shell.ts";

export const texts = { common, shell, now, history, neighbours, settlement, chain, boards, settings };
