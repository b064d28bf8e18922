import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { PAGES } from "#gateway/web/app/address.ts";
import { findChromium } from "./browser.ts";
import type { WatchedPage } from "./browser.ts";
import { ACCOUNT, openDashboard } from "./dashboard.ts";
import type { Dashboard } from "./dashboard.ts";

const executable = findChromium();
const skipped = executable === null ? " (skipped: no Chromium here; apt-get install chromium, or set CHROMIUM)" : "";
/** Of JavaScript for the first page, compressed. */
const MOST_FIRST_BYTES = 75_000;

describe(`the dashboard in a browser${skipped}`, function () {
  this.timeout(60_000);
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

  it("leads to every page by link, title and heading, and back, with no error and no request to elsewhere", async () => {
    await open("");
    const { page } = watched;
    for (const name of PAGES.filter((one) => one !== "more")) {
      const title = name.charAt(0).toUpperCase() + name.slice(1);
      await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: title }).click();
      await page.getByRole("heading", { level: 1, name: title }).waitFor();
      await page.locator(".loading").first().waitFor({ state: "detached" });
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
    assert.equal(await watched.page.locator(".notice").count(), 0);
    assert.deepEqual(watched.troubles.filter((trouble) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED/.test(trouble)), []);
  });

  it("says what is wrong with the chain, and that the rest goes on", async () => {
    await open("");
    const { options } = dashboard.home;
    options.live.publish({ type: "chain", chain: dashboard.home.setChain({ state: "away", detail: "no answer" }) });
    await watched.page.getByRole("alert").getByText(/The chain does not answer \(no answer\)\. Measuring and switching go on/).waitFor();
    options.live.publish({ type: "chain", chain: dashboard.home.setChain({ state: "following", detail: null }) });
    await watched.page.locator(".notice").waitFor({ state: "detached" });
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
