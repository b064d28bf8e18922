import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CAUSE, SOURCE } from "#firmware/wire/records.ts";
import type { BoardRecord } from "#firmware/wire/records.ts";
import { createApp } from "#gateway/api/app.ts";
import { createLive, publishCommitted } from "#gateway/api/live.ts";
import { listenHttp } from "#gateway/api/server.ts";
import type { HttpServer } from "#gateway/api/server.ts";
import { createClock } from "#gateway/clock.ts";
import { buildWeb } from "#gateway/web/build.ts";
import { CONTRACTS, createHome, NEIGHBOURS, story } from "../api/home.ts";
import type { Home } from "../api/home.ts";
import { findChromium, openBrowser, openPage } from "./browser.ts";
import type { Browser, WatchedPage } from "./browser.ts";

const executable = findChromium();

describe(`the dashboard in a browser${executable === null ? " (skipped: no Chromium here; apt-get install chromium, or set CHROMIUM)" : ""}`, function () {
  this.timeout(60_000);
  let webDir: string;
  let home: Home;
  let server: HttpServer;
  let browser: Browser;
  let watched: WatchedPage;

  before(async function () {
    if (executable === null) {
      this.skip();
      return;
    }
    webDir = await mkdtemp(join(tmpdir(), "daisee-web-"));
    await buildWeb(webDir);
    browser = await openBrowser(executable, { viewport: { width: 1280, height: 900 } });
  });
  after(async () => {
    if (executable === null) return;
    await browser.close();
    await rm(webDir, { recursive: true });
  });
  beforeEach(async () => {
    home = await createHome(createClock(), { webDir });
    home.setNeighbours(NEIGHBOURS);
    server = await listenHttp({ app: home.app, host: "127.0.0.1", port: 0 });
    watched = await openPage(browser, `http://127.0.0.1:${server.port}`);
    await watched.page.getByText("Live", { exact: true }).waitFor();
  });
  afterEach(async () => {
    await watched.page.close();
    await server.close();
    await home.close();
  });

  const visible = (text: string | RegExp) => watched.page.getByText(text).first().waitFor();

  /** The board's next records, `seconds` after the story's end. */
  function later(seconds: number): BoardRecord[] {
    const newest = story(120).filter((record) => record.kind === "reading").slice(-2);
    const records: BoardRecord[] = newest.map((record) => ({ ...record, uptimeMs: (120 + seconds) * 1000, relays: 1, currentMa: record.meter === 0 ? -2000 : 0 }));
    const recovered = { cause: CAUSE.batteryRecovered, source: SOURCE.own, value: 402, limit: 400 };
    return [{ kind: "event", uptimeMs: (120 + seconds) * 1000, ...recovered }, ...records];
  }

  async function commitLater(seconds: number): Promise<void> {
    publishCommitted(home.options.live, await home.commit(later(seconds)));
  }

  it("says who the home is, why its relays are so, and what its meters show", async () => {
    await watched.page.getByRole("heading", { name: "Maple house", level: 1 }).waitFor();
    await visible(/^On the neighbours’ bus since [\d:]+: battery 24\.8 %, at or below your limit of 25 %\.$/);
    await visible(/K2 bus to load: closed/);
    assert.equal(await watched.page.getByRole("meter", { name: "Battery charge" }).getAttribute("aria-valuenow"), "25.3");
    await watched.page.getByRole("img", { name: /^Power now\. Battery: charging .+ Neighbours’ bus: drawn / }).waitFor();
    assert.equal(await watched.page.getByRole("img", { name: /^Power in the last 2 minutes, from −21/ }).count(), 1);
    await visible(/^closes in \d+ s$/);
    await visible("Home 2");
    await watched.page.getByRole("button", { name: `Copy ${CONTRACTS.energyLedger}` }).waitFor();
    assert.deepEqual(watched.troubles, []);
  });

  it("follows a switch-over live and announces it", async () => {
    await commitLater(1);
    await visible(/^On your own battery since [\d:]+: battery 40\.2 %, at or above your limit of 40 %\.$/);
    await visible(/K1 own battery to load: closed/);
    await watched.page.getByRole("img", { name: /Battery: discharging/ }).waitFor();
    const announced = watched.page.locator("[aria-live=polite]");
    await announced.getByText("Hall: On your own battery. battery 40.2 %, at or above your limit of 40 %.").waitFor({ state: "attached" });
    assert.deepEqual(watched.troubles, []);
  });

  it("follows a batch from signed to final", async () => {
    await visible(/No batch yet/);
    const { live } = home.options;
    const { id, hash } = await home.addBatch(30);
    const row = watched.page.getByRole("row").filter({ has: watched.page.getByRole("rowheader", { name: "1", exact: true }) });
    const block = { blockNumber: 1208, blockHash: `0x${"bb".repeat(32)}` };
    for (const state of ["signed", "mined", "final"] as const) {
      if (state !== "signed") await home.store.updateTransaction(id, { state, ...block });
      const batch = await home.store.batch(1);
      assert.ok(batch !== null);
      live.publish({ type: "batch", batch });
      await row.getByText(state, { exact: true }).waitFor();
    }
    await row.getByText("1208").waitFor();
    assert.equal(await row.getByRole("button").getAttribute("title"), hash);
    assert.deepEqual(watched.troubles, []);
  });

  it("says what is wrong with the chain, and that the rest goes on", async () => {
    home.options.live.publish({ type: "chain", chain: home.setChain({ state: "away", detail: "no answer" }) });
    await watched.page.getByRole("alert").getByText(/The chain does not answer \(no answer\)\. Measuring and switching go on/).waitFor();
    home.options.live.publish({ type: "chain", chain: home.setChain({ state: "following", detail: null, headNumber: 1300 }) });
    await visible("1300");
    assert.equal(await watched.page.locator(".notice").count(), 0);
  });

  it("survives a restart of the gateway and shows what happened meanwhile", async () => {
    await server.close();
    await visible(/The gateway does not answer\. Trying again by itself/);
    await home.commit(later(2));
    const app = createApp({ ...home.options, live: createLive({ epoch: "t2" }) });
    server = await listenHttp({ app, host: "127.0.0.1", port: server.port });
    await watched.page.getByText("Live", { exact: true }).waitFor();
    await visible(/^On your own battery since/);
    assert.equal(await watched.page.locator(".notice").count(), 0);
    assert.deepEqual(watched.troubles.filter((trouble) => !trouble.includes("ERR_CONNECTION_REFUSED") && !trouble.includes("ERR_INCOMPLETE_CHUNKED")), []);
  });

  it("is worked by keyboard, and keeps the chosen theme", async () => {
    const { page } = watched;
    const theme = () => page.evaluate("document.documentElement.dataset.theme ?? 'auto'");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.equal(await theme(), "light");
    await page.keyboard.press("Enter");
    assert.equal(await theme(), "dark");
    await page.reload();
    await visible("Live");
    assert.equal(await theme(), "dark");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.equal(await theme(), "auto");
  });

  it("fits a phone, and moves nothing where motion is not wanted", async () => {
    const { page } = watched;
    await home.addBatch(30);
    const batch = await home.store.batch(1);
    assert.ok(batch !== null);
    home.options.live.publish({ type: "batch", batch });
    await page.setViewportSize({ width: 360, height: 780 });
    await page.emulateMedia({ reducedMotion: "reduce" });
    await visible("signed");
    assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 360);
    // The table's head is for screen readers only here.
    const outside = "[...document.querySelectorAll('main *:not(thead, thead *)')].filter((one) => one.getBoundingClientRect().right > 360).map((one) => one.className)";
    assert.deepEqual(await page.evaluate(outside), []);
    assert.equal(await page.evaluate("document.getAnimations().length"), 0);
  });
});
