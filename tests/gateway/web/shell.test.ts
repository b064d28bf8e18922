import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { CAUSE, SOURCE } from "#firmware/wire/records.ts";
import { findChromium, until } from "./browser.ts";
import type { WatchedPage } from "./browser.ts";
import { ACCOUNT, openDashboard } from "./dashboard.ts";
import type { Dashboard } from "./dashboard.ts";
import { checkScreens } from "./screens.ts";

const executable = findChromium();
const skipped = executable === null ? " (skipped: no Chromium here; apt-get install chromium, or set CHROMIUM)" : "";
/** Of JavaScript for the first page, compressed. */
const MOST_FIRST_BYTES = 75_000;

describe(`the dashboard in a browser${skipped}`, function () {
  let dashboard: Dashboard;
  let watched: WatchedPage;

  before(async function () {
    if (executable === null) {
      this.skip();
      return;
    }
    dashboard = await openDashboard(executable);
  });
  after(() => dashboard?.close());
  afterEach(() => watched?.page.close());

  async function open(hash: string): Promise<void> {
    watched = await dashboard.open(hash);
    await watched.page.getByText("Live", { exact: true }).waitFor();
  }
  const visible = (text: string | RegExp) => watched.page.getByText(text).first().waitFor();

  it("takes little script for its first page", () => {
    const { folder, firstScripts } = dashboard.web;
    const bytes = firstScripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0);
    assert.ok(bytes <= MOST_FIRST_BYTES, `${bytes} bytes`);
  });

  it("leads to each page by link, title and heading, and back", async () => {
    await open("");
    const { page } = watched;
    for (const title of ["History", "Boards", "Settings"]) {
      await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: title }).click();
      await page.getByRole("heading", { level: 1, name: title }).waitFor();
      assert.equal(await page.title(), `${title} · Maple house · DAISEE`);
    }
    await page.goBack();
    await page.getByRole("heading", { level: 1, name: "Boards" }).waitFor();
    assert.deepEqual(watched.troubles, []);
  });

  it("takes a log-in for changes only, and says why one failed", async () => {
    await open("");
    const { page } = watched;
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await page.getByLabel("Name").fill(ACCOUNT.name);
    await page.getByLabel("Password").fill("not this one");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByRole("alert").waitFor();
    await page.getByLabel("Password").fill(ACCOUNT.password);
    await page.keyboard.press("Enter");
    const logOut = page.getByRole("button", { name: `Log out ${ACCOUNT.name}` });
    await logOut.click();
    await page.getByRole("button", { name: "Log in", exact: true }).waitFor();
    // The browser itself notes the refused log-in.
    assert.deepEqual(watched.troubles.filter((trouble) => !trouble.includes("401")), []);
  });

  it("survives a restart of the gateway and goes on by itself", async () => {
    await open("");
    await dashboard.stopGateway();
    await visible(/The gateway does not answer\. Trying again by itself/);
    await dashboard.startGateway();
    await watched.page.getByText("Live", { exact: true }).waitFor();
    assert.equal(await watched.page.getByRole("alert").getByText(/The gateway does not answer/).count(), 0);
    assert.deepEqual(watched.troubles.filter((trouble) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED/.test(trouble)), []);
  });

  it("survives the sleep of a phone: what happened meanwhile is there when it wakes", async () => {
    await open("");
    const { page } = watched;
    await page.clock.install();
    await page.reload();
    await visible("Live");
    // Asleep: no timer runs, and the stream is dead without anybody having closed it.
    await page.clock.pauseAt(Date.now() + 1000);
    const { home } = dashboard;
    home.setChain({ state: "away", detail: "seen while asleep" });
    await page.clock.fastForward(600_000);
    await page.clock.resume();
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await visible(/seen while asleep/);
    home.options.live.publish({ type: "chain", chain: home.setChain({ state: "following", detail: null }) });
    await page.getByText(/seen while asleep/).waitFor({ state: "detached" });
    assert.deepEqual(watched.troubles, []);
  });

  it("shows a switch-over and its reason as it happens, and says it to screen readers", async () => {
    await open("");
    const { page } = watched;
    const board = page.getByRole("region", { name: "Board “Hall”" });
    await board.getByText(/^On the neighbours’ bus since/).waitFor();
    await board.getByText("bus to load: closed").waitFor();
    await visible("That costs about 0.009 coin.");
    const { home } = dashboard;
    const uptimeMs = 121_000;
    await home.commit([
      { kind: "event", uptimeMs, cause: CAUSE.batteryRecovered, source: SOURCE.own, value: 402, limit: 400 },
      { kind: "reading", meter: 0, uptimeMs, currentMa: -2, minCurrentMa: -2, maxCurrentMa: -2, voltageMv: 12_000, importMwh: 9000, exportMwh: 9000, relays: 1, flags: 0, chargePermille: 402 },
    ]);
    const { events, readings } = await home.store.latest();
    for (const event of events) home.options.live.publish({ type: "event", event });
    for (const reading of readings) home.options.live.publish({ type: "reading", reading });
    await board.getByText(/^On your own battery since .+ battery 40\.2\s%, at or above your limit of 40\s%; to the neighbours’ bus at 25\s%\.$/).waitFor();
    await board.getByText("own battery to load: closed").waitFor();
    await page.locator("[aria-live=polite]").getByText(/^Hall: On your own battery\./).waitFor();
    assert.deepEqual(watched.troubles, []);
  });

  it("moves its flows, and holds still for who wants no motion", async () => {
    await open("");
    const { page } = watched;
    const moving = "document.getAnimations().filter(({ playState }) => playState === 'running').length";
    await page.emulateMedia({ reducedMotion: "no-preference" });
    await until(page, `${moving} > 0`);
    await page.emulateMedia({ reducedMotion: "reduce" });
    await until(page, `${moving} === 0`);
  });

  it("keeps its places while data arrives", async () => {
    await open("");
    const shift = "new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().reduce((sum, { value }) => sum + value, 0))).observe({ type: 'layout-shift', buffered: true }) ?? setTimeout(() => done(0), 500))";
    const moved = await watched.page.evaluate<number>(shift);
    // Below a tenth is what web.dev calls good.
    assert.ok(moved < 0.1, `layout shift ${moved}`);
  });

  it("says what is wrong with the chain, and that the rest goes on", async () => {
    await open("");
    const { options } = dashboard.home;
    options.live.publish({ type: "chain", chain: dashboard.home.setChain({ state: "away", detail: "no answer" }) });
    await watched.page.getByRole("alert").getByText(/The chain does not answer \(no answer\)\. Measuring and switching go on/).waitFor();
    options.live.publish({ type: "chain", chain: dashboard.home.setChain({ state: "following", detail: null }) });
    await watched.page.getByText(/Measuring and switching go on/).waitFor({ state: "detached" });
  });

  it("keeps the chosen theme, and is worked by keyboard", async () => {
    await open("");
    const { page } = watched;
    const theme = () => page.evaluate("document.documentElement.dataset.theme ?? 'auto'");
    await page.keyboard.press("Tab");
    await page.getByRole("link", { name: "Skip to the page" }).press("Enter");
    await page.getByRole("button", { name: /^Theme/ }).focus();
    await page.keyboard.press("Enter");
    assert.equal(await theme(), "light");
    await page.keyboard.press("Enter");
    await page.reload();
    await visible("Live");
    assert.equal(await theme(), "dark");
    await page.getByRole("button", { name: /^Theme/ }).press("Enter");
    assert.equal(await theme(), "auto");
  });
});

describe(`a gateway that nobody looked at yet${skipped}`, function () {
  let dashboard: Dashboard;
  before(async function () {
    if (executable === null) {
      this.skip();
      return;
    }
    dashboard = await openDashboard(executable, { mode: "accounts", withAccount: false });
  });
  after(() => dashboard?.close());

  it("is set up with the code that it printed, and shows the home then", async () => {
    const { page, troubles } = await dashboard.open("");
    await page.getByRole("heading", { name: "Welcome to DAISEE" }).waitFor();
    await checkScreens(page, "set-up");
    await page.getByLabel("Set-up code").fill(dashboard.setupCode ?? "");
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByLabel("Your name").fill(ACCOUNT.name);
    await page.getByLabel("Password", { exact: true }).fill(ACCOUNT.password);
    await page.getByLabel("Password again").fill("another one");
    await page.getByText("The two passwords differ.").waitFor();
    await page.getByLabel("Password again").fill(ACCOUNT.password);
    await page.getByRole("button", { name: "Make the account" }).click();
    await page.getByRole("region", { name: "Board “Hall”" }).waitFor();
    await page.getByRole("button", { name: `Log out ${ACCOUNT.name}` }).click();
    await page.getByText("This home’s dashboard is for its household.").waitFor();
    assert.deepEqual(troubles, []);
    await page.close();
  });

  it("is seen by nobody without a log-in from then on", async () => {
    const { page, troubles } = await dashboard.open("#/boards");
    await page.getByText("This home’s dashboard is for its household.").waitFor();
    assert.equal(await page.getByText("Hall").count(), 0);
    await checkScreens(page, "log-in");
    await page.getByLabel("Name").fill(ACCOUNT.name);
    await page.getByLabel("Password").fill(ACCOUNT.password);
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Details of Hall" }).waitFor();
    assert.deepEqual(troubles, []);
    await page.close();
  });
});
