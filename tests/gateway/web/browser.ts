/**
 * A browser for the tests, where this machine has one: any Chromium, found by the environment's CHROMIUM or in its usual places.
 * @module
 */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { chromium } from "playwright-core";
import type { BrowserContext, Page } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/snap/bin/chromium"];

/** Path of a Chromium; null where there is none. */
export function findChromium(): string | null {
  const named = process.env["CHROMIUM"];
  return [...(named === undefined ? [] : [named]), ...PLACES].find((path) => existsSync(path)) ?? null;
}

export interface Browser {
  context: BrowserContext;
  close(): Promise<void>;
}

/** Starts a browser with a profile of its own, which is gone after `close`. It asks the network for nothing by itself. */
export async function openBrowser(executablePath: string, options: Parameters<typeof chromium.launchPersistentContext>[1] = {}): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), "daisee-chromium-"));
  const quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"];
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: ["--no-sandbox", "--disable-sync", ...quiet],
    ...options,
  });
  return {
    context,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** A page of which everything is noted that must not happen: errors, console errors, requests that leave its origin. */
export interface WatchedPage {
  page: Page;
  troubles: string[];
}

export async function openPage(browser: Browser, origin: string, path = "/"): Promise<WatchedPage> {
  const page = await browser.context.newPage();
  const troubles: string[] = [];
  // Below the tests' own bound, so that a failure says what was waited for.
  page.setDefaultTimeout(30_000);
  page.on("pageerror", (error) => troubles.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // Chromium's own note of a failed request says where in its location only.
    if (message.type() === "error" || message.type() === "warning") troubles.push(`${message.type()}: ${message.text()} ${message.location().url}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(origin)) troubles.push(`request: ${request.url()}`);
  });
  await page.goto(origin + path);
  return { page, troubles };
}

/** Waits until an expression holds in the page. Playwright's own wait for one would be stopped by the page's Content-Security-Policy. */
export async function until(page: Page, expression: string, timeoutMs = 60_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await page.evaluate<boolean>(`Boolean(${expression})`))) {
    if (Date.now() > end) throw new Error(`waited ${timeoutMs / 1000} s in vain for ${expression}`);
    await delay(50);
  }
}
