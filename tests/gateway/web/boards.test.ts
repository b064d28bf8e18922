import assert from "node:assert/strict";
import { BOARD } from "../api/home.ts";
import { findChromium } from "./browser.ts";
import { openDashboard } from "./dashboard.ts";
import type { Dashboard } from "./dashboard.ts";
import { checkScreens } from "./screens.ts";

const executable = findChromium();
const skipped = executable === null ? " (skipped: no Chromium here; apt-get install chromium, or set CHROMIUM)" : "";
const NEW_BOARD = "24a160ddeeff";

describe(`boards and their limits in a browser${skipped}`, function () {
  let dashboard: Dashboard;
  before(async function () {
    if (executable === null) {
      this.skip();
      return;
    }
    dashboard = await openDashboard(executable);
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
    await page.getByText(/less than 5\s% apart/).waitFor();
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
    await page.getByText(/Asked by Mira: Own battery for 15\smin\. It waits for the board/).waitFor();
    await dashboard.boardReports(dashboard.boardAsks()?.id ?? 0, "the battery is empty");
    await page.getByRole("alert").getByText("The board refused: the battery is empty.").waitFor();
    await page.close();
  });

  it("walks through a calibration of two known values, each step confirmed by the board", async () => {
    const { page, troubles } = await dashboard.open(`#/boards/${BOARD}`);
    const card = page.getByRole("region", { name: "Calibration" });
    await card.getByText("No correction was sent from here").waitFor();
    await card.getByRole("button", { name: "Clear and go on" }).click();
    await card.getByText("Waits for the board to confirm").waitFor();
    await dashboard.boardReports(dashboard.boardAsks()?.id ?? 0);
    for (const [shown, known] of [["12,380", "100"], ["13,380", "1100"]] as const) {
      await card.getByText(shown).waitFor();
      await card.getByLabel("The true value").fill(known);
      await card.getByRole("button", { name: "Take this value" }).click();
      await dashboard.boardReports(0, undefined, 1000);
    }
    await card.getByText("Gain 1, offset −12,280.").waitFor();
    await card.getByRole("button", { name: "Send to the board" }).click();
    await card.getByText("Waits for the board to confirm").waitFor();
    const asked = dashboard.boardAsks();
    assert.deepEqual(asked?.command.kind === "calibration" && asked.command.calibration, { gain: 1, offset: -12_280 });
    await dashboard.boardReports(asked?.id ?? 0);
    await card.getByText("The board confirmed the correction.").waitFor();
    assert.deepEqual(troubles, []);
    await page.close();
  });

  it("keeps the details of a board readable for all", async () => {
    const { page, troubles } = await dashboard.open(`#/boards/${BOARD}`);
    await page.getByText("The board confirmed its limits at").waitFor();
    await page.getByText("Now in force, as last sent from here").waitFor();
    await checkScreens(page, "board");
    assert.deepEqual(troubles, []);
    await page.close();
  });
});
