import assert from "node:assert/strict";
import { findChromium, until } from "./browser.ts";
import type { WatchedPage } from "./browser.ts";
import { openDashboard } from "./dashboard.ts";
import type { Dashboard } from "./dashboard.ts";
import { checkScreens } from "./screens.ts";

const executable = findChromium();
const skipped = executable === null ? " (skipped: no Chromium here; apt-get install chromium, or set CHROMIUM)" : "";

describe(`trade, settlement, chain and settings in a browser${skipped}`, function () {
  this.timeout(90_000);
  let dashboard: Dashboard;
  let watched: WatchedPage;

  before(async function () {
    if (executable === null) {
      this.skip();
      return;
    }
    dashboard = await openDashboard(executable);
    const { home } = dashboard;
    for (let batch = 1; batch <= 25; batch++) {
      const { id } = await home.addBatch(batch === 1 ? 30 : 2);
      const block = { blockNumber: 1200 + batch, blockHash: `0x${"bb".repeat(32)}` };
      await home.store.updateTransaction(id, { state: batch === 25 ? "mined" : "final", ...block });
    }
  });
  after(() => dashboard?.close());
  afterEach(() => watched?.page.close());

  async function open(hash: string): Promise<WatchedPage["page"]> {
    watched = await dashboard.open(hash);
    await watched.page.getByText("Live", { exact: true }).waitFor();
    return watched.page;
  }
  const visible = (text: string | RegExp) => watched.page.getByText(text).first().waitFor();

  it("shows the chain's head, who this home is on it, and all that it wrote, back to the first", async () => {
    const page = await open("#/chain");
    await visible("in step");
    await visible("1207");
    await page.getByRole("region", { name: "Validators" }).getByRole("listitem").filter({ hasText: /0xd2d2.*sealed the newest block/ }).waitFor();
    const account = page.getByRole("region", { name: "This home’s account" });
    await account.getByText("75.5 coin").waitFor();
    await account.getByText("24 free, 1 held for open slots").waitFor();
    await page.getByRole("table", { name: "Transactions" }).getByRole("link", { name: "Batch 25" }).waitFor();
    assert.equal(await page.getByRole("link", { name: "Batch 1", exact: true }).count(), 0);
    await page.getByRole("button", { name: "Show older ones" }).click();
    await page.getByRole("link", { name: "Batch 1", exact: true }).waitFor();
    await visible("This is the first one.");
    dashboard.home.options.live.publish({ type: "chain", chain: dashboard.home.setChain({ stalled: true }) });
    await visible(/makes no blocks: more than half of its validators/);
    dashboard.home.options.live.publish({ type: "chain", chain: dashboard.home.setChain({ stalled: false }) });
    await visible("in step");
    assert.deepEqual(watched.troubles, []);
  });

  it("leads from a slot to its batch and to the proof of a reading, which it checks against the chain's event", async () => {
    const page = await open("#/settlement");
    await page.getByRole("table", { name: "Slots" }).getByText("disputed").waitFor();
    await page.getByRole("table", { name: "Slots" }).getByRole("row", { name: /final/ }).getByRole("link").first().click();
    const line = page.getByRole("table", { name: "What it came to" }).getByRole("row", { name: /Home 6.*Maple house.*the buyer prefers this seller/ });
    await line.waitFor();
    await checkScreens(page, "slot");
    await page.getByRole("link", { name: "Batch 1" }).click();
    await page.getByRole("heading", { name: "Batch 1" }).waitFor();
    await visible("On the chain for good.");
    const { store } = dashboard.home;
    const batch = await store.batch(1);
    assert.ok(batch !== null);
    const { root, readingCount, fromUtcMs, toUtcMs } = batch;
    const told = (eventRoot: string) => {
      const event = { number: 1, root: eventRoot, readingCount, fromUtcMs, toUtcMs, transactionHash: batch.transaction.hash, blockNumber: 1201 };
      const neighbours = dashboard.home.setNeighbours([{ node: 1, batches: [event], meters: [] }]);
      dashboard.home.options.live.publish({ type: "neighbours", neighbours });
    };
    const verify = async (words: RegExp) => {
      await page.getByRole("button", { name: /^Verify reading/ }).first().click();
      await page.getByRole("dialog").getByText(words).waitFor();
    };
    told(root);
    await verify(/^Proven: this reading is in the batch/);
    assert.equal(await page.locator(".check-ok").count(), 5);
    await checkScreens(page, "proof");
    await page.keyboard.press("Escape");
    told(`0x${"66".repeat(32)}`);
    await page.waitForTimeout(200);
    await verify(/^Not proven/);
    assert.match((await page.locator(".check-wrong").textContent()) ?? "", /contract’s event.*expected 0x66/s);
    await page.keyboard.press("Escape");
    await checkScreens(page, "batch");
    assert.deepEqual(watched.troubles, []);
  });

  it("shows who sold to whom, thirty homes and still readable, and what this one bought", async () => {
    const page = await open("#/neighbours");
    await page.getByRole("button", { name: "This slot" }).click();
    await page.getByRole("img", { name: /in 21 flows from sellers to buyers/ }).waitFor();
    assert.ok((await page.locator(".sankey rect").count()) <= 20);
    await page.locator(".sankey text", { hasText: /others/ }).first().waitFor();
    const bought = page.getByRole("table", { name: "Energy you bought" });
    await bought.getByRole("row", { name: /Home 3.*60\.0 Wh.*0 coin.*0\.009 coin.*0\.15 coin\/kWh/ }).waitFor();
    await bought.getByRole("row", { name: /Home 6.*1\.25 coin/ }).waitFor();
    await checkScreens(page, "neighbours");
    assert.deepEqual(watched.troubles, []);
  });

  it("places an order, tells what it would have done last week, and shows it as pending until the chain confirmed it", async () => {
    const { exchange } = dashboard;
    const page = await open("#/neighbours");
    await dashboard.logIn(page);
    await page.getByRole("button", { name: "New order to buy" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Place the order" }).click();
    await dialog.getByText("Write a price such as 0.15").waitFor();
    await dialog.getByLabel("Highest price").fill("0,15");
    await dialog.getByLabel("Buy first from").selectOption("2");
    await dialog.getByText("0.018 coin paid").waitFor();
    await dialog.getByText("0.036 coin paid").waitFor();
    await checkScreens(page, "order");
    await dialog.getByRole("button", { name: "Place the order" }).click();
    const row = page.getByRole("table", { name: "Your orders" }).getByRole("row", { name: /Buy.*at most 0\.15 coin\/kWh.*Home 2/ });
    await row.getByText("waits for the chain").waitFor();
    assert.deepEqual([exchange.placed()[0]?.pricePerKwh, exchange.placed()[0]?.preferred], ["150000", [2]]);
    exchange.confirm("o0", "active");
    await row.getByText("active").waitFor();
    await row.getByRole("button", { name: /^Cancel the order/ }).click();
    await row.getByText("being cancelled").waitFor();
    assert.deepEqual(watched.troubles, []);
  });

  it("makes a token that is shown once, a tariff, and keeps who did it", async () => {
    const page = await open("#/settings/tokens");
    if ((await page.getByRole("button", { name: "Log in", exact: true }).count()) > 0) await dashboard.logIn(page);
    await page.getByLabel("What is it for?").fill("Shed display");
    await page.getByRole("button", { name: "Make a token" }).click();
    await visible(/It is shown this once/);
    const secret = (await page.locator(".secret code").textContent()) ?? "";
    const answer = await fetch(`${dashboard.origin()}/api/v1/tariffs`, { headers: { Authorization: `Bearer ${secret}` } });
    assert.equal(answer.status, 200);
    await checkScreens(page, "settings-tokens");
    await page.getByRole("button", { name: "I have copied it" }).click();
    assert.equal(await page.getByText(secret).count(), 0);

    await page.getByRole("link", { name: "Tariffs" }).click();
    await page.getByRole("button", { name: "Add a tariff" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").first().fill("City power");
    await dialog.getByRole("button", { name: "Add a price for some hours" }).click();
    const night = dialog.getByRole("group", { name: "Price 1" });
    await night.getByLabel("Name").fill("night");
    await night.getByLabel("You pay").fill("0.18");
    await dialog.getByRole("group", { name: "Price 2" }).getByLabel("You pay").fill("0,2276");
    await checkScreens(page, "settings-tariff");
    await dialog.getByRole("button", { name: "Save the tariff" }).click();
    await visible("night: 0.18 EUR, standard: 0.2276 EUR");

    await page.getByRole("link", { name: "Log of changes" }).click();
    await page.getByRole("row", { name: /Mira.*tariff\.create/ }).waitFor();
    assert.deepEqual(watched.troubles, []);
  });

  it("keeps every section of the settings readable for all", async () => {
    const page = await open("#/settings");
    for (const [name, title] of [
      ["household", "Accounts"],
      ["data", "What is kept"],
      ["backup", "Backup"],
      ["integrations", "Integrations"],
      ["log", "Log of changes"],
      ["look", "Colours"],
    ] as const) {
      await page.evaluate(`location.hash = "#/settings/${name}"`);
      await page.getByRole("heading", { name: title, exact: true }).waitFor();
      await until(page, "document.querySelector('.loading') === null");
      await checkScreens(page, `settings-${name}`);
    }
    await page.getByRole("button", { name: "Dark" }).click();
    assert.equal(await page.evaluate("document.documentElement.dataset.theme"), "dark");
    assert.deepEqual(watched.troubles, []);
  });
});
