/**
 * The dashboards of the demo village in a browser: the same processes as in the village's own test, looked at and worked as a person would.
 * Pictures of all pages are left in `coverage/screenshots`.
 */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { PAGES } from "#gateway/web/app/address.ts";
import { texts } from "#gateway/web/app/texts.ts";
import { startChild } from "#tools/village/child.ts";
import type { Child } from "#tools/village/child.ts";
import { DEMO_ACCOUNT } from "#tools/village/home.ts";
import type { Home } from "#tools/village/home.ts";
import type { Village } from "#tools/village/village.ts";
import type { FromBoard, ToBoard } from "#tools/virtual-board/messages.ts";
import { findChromium, openBrowser, openPage } from "../gateway/web/browser.ts";
import type { Browser, WatchedPage } from "../gateway/web/browser.ts";
import { screenTroubles } from "../gateway/web/screens.ts";
import type { Look } from "../gateway/web/screens.ts";
import { startTwoHomes } from "./two-homes.ts";

const executable = findChromium();
const skipped = executable === null ? " (skipped: no Chromium here; apt-get install chromium, or set CHROMIUM)" : "";
const SCREENSHOTS = fileURLToPath(new URL("../../coverage/screenshots", import.meta.url));
const BUNDLE = fileURLToPath(new URL("../../firmware/dist/board.js", import.meta.url));
const VIRTUAL_BOARD = new URL("../../tools/virtual-board/main.mjs", import.meta.url);
const SEED = 9;
/** Times real time: a slot of the demo, 10 s, passes in 5. */
const SPEED = 2;
/** A third board, which no home has admitted. */
const STRANGER = { boardId: "02da15ee0009", secret: Buffer.alloc(32, 0x5e) };

describe(`the dashboards of a village${skipped}`, function () {
  this.timeout(180_000);
  let folder: string;
  let village: Village;
  let consumer: Home;
  let producer: Home;
  let stranger: Child;
  let browser: Browser;
  const crashes: Error[] = [];

  /** A board as the consumer's, at the same wires, with a number and a secret that its gateway does not know. */
  async function startStranger(): Promise<Child> {
    const dir = join(folder, "stranger");
    await mkdir(join(dir, "storage"), { recursive: true });
    const settings: unknown = JSON.parse(await readFile(join(folder, "village", "consumer", "board", "storage", "daisee.json"), "utf8"));
    await writeFile(join(dir, "storage", "daisee.json"), JSON.stringify(Object.assign({}, settings, { boardId: STRANGER.boardId })));
    await writeFile(join(dir, "storage", "daisee.key"), STRANGER.secret);
    const clock = { speed: SPEED, realOriginMs: Date.now(), utcOriginMs: Date.now() };
    const start: ToBoard = { type: "start", options: { dir, bundlePath: BUNDLE, clock, seed: SEED } };
    const { child } = await startChild<FromBoard, FromBoard>(
      { name: "the stranger's board", script: VIRTUAL_BOARD, onCrash: (error) => crashes.push(error) },
      (message): message is FromBoard => message.type === "ready",
      start,
    );
    village.physics.connect("consumer", (volts) => child.send({ type: "analog", volts }));
    return child;
  }

  before(async function () {
    if (executable === null) {
      this.skip();
      return;
    }
    folder = await mkdtemp(join(tmpdir(), "daisee-dashboards-"));
    const opening = openBrowser(executable);
    ({ village, consumer, producer } = await startTwoHomes({ folder, speed: SPEED, seed: SEED, crashes }));
    [stranger, browser] = await Promise.all([startStranger(), opening]);
  });

  after(async () => {
    await browser?.close();
    await stranger?.stop();
    await village?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  const open = (home: Home, hash: string): Promise<WatchedPage> => openPage(browser, home.dashboard.slice(0, -1), `/${hash}`);

  /** Goes to a page and waits until it shows what it has. */
  async function goTo(page: Page, name: (typeof PAGES)[number]): Promise<void> {
    await page.evaluate(`location.hash = "#/${name}"`);
    await page.getByRole("heading", { level: 1, name: texts.shell.pages[name] }).waitFor();
    await page.locator(".loading").first().waitFor({ state: "detached" });
  }

  async function logIn(page: Page): Promise<void> {
    await page.getByRole("button", { name: "Log in", exact: true }).first().click();
    await page.getByLabel("Name").fill(DEMO_ACCOUNT.name);
    await page.getByLabel("Password").fill(DEMO_ACCOUNT.password);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: `Log out ${DEMO_ACCOUNT.name}` }).waitFor();
  }

  it("lets who logs in admit a board that waits, and shows it at work", async () => {
    const { page, troubles } = await open(consumer, "#/boards");
    await logIn(page);
    await page.getByRole("button", { name: `Admit ${STRANGER.boardId}` }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name", { exact: true }).fill("Shed");
    await dialog.getByLabel("Secret").fill(STRANGER.secret.toString("hex"));
    await dialog.getByRole("button", { name: "Admit", exact: true }).click();
    await page.getByRole("listitem").filter({ hasText: /Shed.*measured \d+\ss ago/ }).waitFor();
    assert.deepEqual(troubles, []);
    await page.close();
  });

  it("shows the consumer's board move to the neighbours' bus, without a reload", async () => {
    const { page, troubles } = await open(consumer, "#/now");
    const board = page.getByRole("region", { name: `Board “${consumer.plan.name}'s board”` });
    await board.getByText(/^On the neighbours’ bus since .+: battery [\d.]+\s%, at or below your limit of 25\s%; back at 40\s%\.$/).waitFor();
    await board.getByText("bus to load: closed").waitFor();
    assert.deepEqual(troubles, []);
    await page.close();
  });

  it("changes a limit, pending until the board confirmed it, and the board obeys", async () => {
    const { page, troubles } = await open(consumer, `#/boards/${consumer.plan.boardId}`);
    await page.getByLabel("To the neighbours’ bus at").fill("12");
    await page.getByLabel("Back to your own battery at").fill("20");
    await page.getByRole("button", { name: "Send to the board" }).click();
    await page.getByText(`Limits asked by ${DEMO_ACCOUNT.name}`).waitFor();
    await page.getByText("The board confirmed its limits at").waitFor();
    await goTo(page, "now");
    const board = page.getByRole("region", { name: `Board “${consumer.plan.name}'s board”` });
    await board.getByText(/^On your own battery since .+ at or above your limit of 20\s%; to the neighbours’ bus at 12\s%\.$/).waitFor();
    await board.getByText("own battery to load: closed").waitFor();
    assert.ok(Math.abs(village.physics.world.flows("consumer").busAmps) < 0.1, "the relay lets current through");
    assert.deepEqual(troubles, []);
    await page.close();
  });

  it("places an order, pending until the chain confirmed it, beside the one that the home has", async () => {
    const { page, troubles } = await open(consumer, "#/neighbours");
    const orders = page.getByRole("table", { name: "Your orders" });
    await orders.getByRole("row", { name: /Buy.*at most 0\.2 coin\/kWh.*active/ }).waitFor();
    await page.getByRole("button", { name: "New order to sell" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Lowest price").fill("0.21");
    await dialog.getByRole("button", { name: "Place the order" }).click();
    const row = orders.getByRole("row", { name: /Sell.*at least 0\.21 coin\/kWh/ });
    await row.getByText("waits for the chain").waitFor();
    await row.getByText("active").waitFor();
    assert.deepEqual(troubles, []);
    await page.close();
  });

  it("verifies a reading in the browser, against the chain", async () => {
    const { page, troubles } = await open(consumer, "#/settlement");
    await page.getByRole("table", { name: "Batches" }).getByRole("row", { name: /final/ }).getByRole("link").first().click();
    await page.getByRole("button", { name: /^Verify reading/ }).first().click();
    await page.getByRole("dialog").getByText(/^Proven: this reading is in the batch/).waitFor();
    assert.equal(await page.locator(".check-ok").count(), 5);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    assert.deepEqual(troubles, []);
    await page.close();
  });

  /** 4K pictures take seconds, so one stands for all; most of a producer's pages show what a consumer's do. */
  function looksOf(home: Home, name: (typeof PAGES)[number]): Look[] {
    if (home === producer) return name === "now" || name === "boards" ? ["light"] : [];
    return ["light", "dark", "phone", ...(name === "now" ? ["wide" as const] : [])];
  }

  it("loads each page of both homes with no error and no request to elsewhere, in every look", async () => {
    for (const home of [consumer, producer]) {
      const { page, troubles } = await open(home, "#/now");
      await page.getByText("Live", { exact: true }).waitFor();
      for (const name of PAGES) {
        await goTo(page, name);
        troubles.push(...(await screenTroubles(page, `${home.plan.key}-${name}`, looksOf(home, name), SCREENSHOTS)));
      }
      assert.deepEqual(troubles, [], home.plan.name);
      await page.close();
    }
  });

  it("ran without a crash", () => assert.deepEqual(crashes, []));
});
