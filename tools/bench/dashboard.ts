/**
 * What the dashboard asks of a browser: its size, the time until the home is to be seen, and how long a year's chart keeps the page from
 * answering. In the tests' own gateway and Chromium; without one only the size is told.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { findChromium, until } from "#tests/gateway/web/browser.ts";
import { openDashboard } from "#tests/gateway/web/dashboard.ts";
import type { Dashboard } from "#tests/gateway/web/dashboard.ts";
import { median } from "./harness.ts";
import type { Bench, Figure } from "./harness.ts";

const LOADS = 5;
const YEAR_HOURS = 365 * 24;
/** As a year of quarter-hours lies in the store. */
const STEP_MINUTES = 15;

/** Notes the long tasks of a page from its start on (W3C Long Tasks: those above 50 ms). */
const WATCH = `
  self.longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask", buffered: true });
`;

/** ms from the request for the page until the largest part of it is painted, which is the picture of flows with its reason. */
async function paintMs(dashboard: Dashboard): Promise<number> {
  const { page } = await dashboard.open("#/now");
  await page.getByText(/since .+: /).first().waitFor();
  const painted = "new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime)).observe({ type: 'largest-contentful-paint', buffered: true }))";
  const ms = await page.evaluate<number>(painted);
  await page.close();
  return ms;
}

/** ms until a page without anything on it is there, from the same gateway. */
async function bareMs(dashboard: Dashboard): Promise<number> {
  const { page } = await dashboard.open("icon.svg");
  const ms = await page.evaluate<number>("performance.getEntriesByType('navigation')[0].duration");
  await page.close();
  return ms;
}

/** The longest task, ms, while a chart is fetched and drawn; 0 where none took 50 ms. */
async function longestTaskMs(dashboard: Dashboard, view: string): Promise<number> {
  const { page } = await dashboard.open("#/settings");
  await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
  await page.evaluate(WATCH);
  await page.evaluate(`longTasks.length = 0; location.hash = "#/history?${view}"`);
  await page.locator(".chart canvas").waitFor();
  await until(page, "document.querySelector('.loading') === null");
  await page.waitForTimeout(500);
  const ms = await page.evaluate<number>("Math.max(0, ...longTasks)");
  await page.close();
  return ms;
}

async function several(measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let load = 0; load < LOADS; load++) values.push(await measure());
  return median(values);
}

export const dashboard: Bench = {
  name: "dashboard",
  summary: "size, first paint and longest task of the dashboard in a Chromium",
  async run(): Promise<Figure[]> {
    const executable = findChromium();
    if (executable === null) throw new Error("no Chromium here: apt-get install chromium, or set CHROMIUM");
    const opened = await openDashboard(executable);
    try {
      await opened.addPast(YEAR_HOURS, STEP_MINUTES);
      const { folder, firstScripts } = opened.web;
      const files = firstScripts.map((name) => readFileSync(join(folder, name)));
      const bytes = files.reduce((sum, file) => sum + gzipSync(file).length, 0);
      const plain = files.reduce((sum, file) => sum + file.length, 0);
      const from = new Date(Date.now() - 200 * 86_400_000).toISOString().slice(0, 10);
      const year = `period=range&from=${new Date(Date.now() - 364 * 86_400_000).toISOString().slice(0, 10)}&to=${new Date().toISOString().slice(0, 10)}`;
      return [
        { name: "script of the first page, gzipped", value: bytes / 1000, unit: "kB", reference: { name: "not compressed", value: plain / 1000 }, aim: { of: "value", atMost: 75 } },
        { name: "first meaningful paint", value: await several(() => paintMs(opened)), unit: "ms", reference: { name: "a bare picture", value: await several(() => bareMs(opened)) }, aim: { of: "value", atMost: 1000 } },
        { name: "longest task, a year of power", value: await several(() => longestTaskMs(opened, `show=power&${year}`)), unit: "ms", aim: { of: "value", atMost: 100 } },
        { name: "longest task, a year of energy", value: await several(() => longestTaskMs(opened, `show=energy&${year}`)), unit: "ms", aim: { of: "value", atMost: 100 } },
        { name: "longest task, a month in quarter-hours", value: await several(() => longestTaskMs(opened, `show=power&period=month&from=${from}`)), unit: "ms", aim: { of: "value", atMost: 100 } },
      ];
    } finally {
      await opened.close();
    }
  },
};
