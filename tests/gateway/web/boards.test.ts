import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { BOARD } from "../api/home.ts";
import { PAGES } from "#gateway/web/app/address.ts";
import { findChromium } from "./browser.ts";
import { openDashboard } from "./dashboard.ts";
import type { Dashboard } from "./dashboard.ts";

const executable = findChromium();
const skipped = executable === null ? " (skipped: no Chromium here; apt-get install chromium, or set CHROMIUM)" : "";
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const NEW_BOARD = "24a160ddeeff";

/** What axe-core reports of a page. */
interface Violation {
  id: string;
  nodes: { html: string }[];
}

describe(`boards and their limits in a browser${skipped}`, function () {
  this.timeout(60_000);
  let dashboard: Dashboard;
  before(async function () {
    if (executable === null) {
      this.skip();
      return;
    }
    dashboard = await openDashboard(executable);
    await dashboard.addPast(30);
  });
  after(() => dashboard?.close());

  it("admits a board, which is there at once", async () => {
    const { page, troubles } = await dashboard.open("#/boards");
    await dashboard.logIn(page);
    await page.getByRole("button", { name: "Admit a board by its number" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Board number").fill(NEW_BOARD);
    await dialog.getByLabel("Name", { exact: true }).fill("Shed");
    await dialog.getByLabel("Secret").fill("5e".repeat(32));
    await dialog.getByRole("button", { name: "Admit", exact: true }).click();
    await page.getByRole("link", { name: "Details of Shed" }).waitFor();
    assert.deepEqual(troubles, []);
    await page.close();
  });

  it("changes a limit, which is pending until the board has confirmed it", async () => {
    const { page, troubles } = await dashboard.open(`#/boards/${BOARD}`);
    const low = page.getByLabel("To the neighbours’ bus at");
    await low.fill("45");
    await page.getByText("or the board would switch to and fro").waitFor();
    assert.equal(await page.getByRole("button", { name: "Send to the board" }).first().isDisabled(), true);
    await low.fill("38");
    await page.getByText(/less than 5 % apart/).waitFor();
    await low.fill("30");
    await page.getByRole("button", { name: "Send to the board" }).first().click();
    await page.getByText(/Limits asked by Mira: waits for the board/).waitFor();
    const asked = dashboard.boardAsks();
    assert.equal(asked?.command.kind === "policy" && asked.command.policy.lowPermille, 300);
    await page.getByText(/Limits asked by Mira: on its way/).waitFor();
    await dashboard.boardReports(asked?.id ?? 0);
    await page.getByText(/The board confirmed its limits at/).waitFor();
    assert.equal(await low.inputValue(), "30");
    assert.deepEqual(troubles, []);
    await page.close();
  });

  it("holds a source by hand, and says so when the board refused", async () => {
    const { page } = await dashboard.open(`#/boards/${BOARD}`);
    await page.getByRole("button", { name: "Hold", exact: true }).click();
    await page.getByText(/Asked by Mira: Own battery for 15 min\. It waits for the board/).waitFor();
    await dashboard.boardReports(dashboard.boardAsks()?.id ?? 0, "the battery is empty");
    await page.getByRole("alert").getByText("The board refused: the battery is empty.").waitFor();
    await page.close();
  });

  it("has no accessibility violation on any page, and fits a phone", async () => {
    const { page, troubles } = await dashboard.open("#/now");
    await page.getByText("Live", { exact: true }).waitFor();
    const axe = await readFile(AXE, "utf8");
    await page.evaluate(axe);
    const found: string[] = [];
    for (const name of [...PAGES, `boards/${BOARD}`]) {
      await page.evaluate(`location.hash = "#/${name}"`);
      await page.locator(".loading").first().waitFor({ state: "detached" });
      const violations: Violation[] = await page.evaluate("axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations)");
      found.push(...violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes[0]?.html ?? ""}`));
      await page.setViewportSize({ width: 360, height: 800 });
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 360, name);
      await page.setViewportSize({ width: 1280, height: 800 });
    }
    assert.deepEqual(found, []);
    assert.deepEqual(troubles, []);
    await page.close();
  });
});
