/**
 * A page in light, dark and on a phone: nothing may be wider than the phone, and axe-core may find nothing. It looks at the light page only,
 * since it takes seconds; with SCREENS=<folder> at all of them, and pictures are written there, to be looked at.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import axe from "axe-core";
import type { Page } from "playwright-core";

const LOOKS = {
  light: { width: 1280, height: 900, colorScheme: "light" },
  dark: { width: 1280, height: 900, colorScheme: "dark" },
  phone: { width: 360, height: 780, colorScheme: "dark" },
} as const;

interface Violation {
  id: string;
  nodes: { html: string }[];
}

export async function checkScreens(page: Page, name: string): Promise<void> {
  const folder = process.env["SCREENS"];
  await page.evaluate(axe.source);
  for (const [look, { width, height, colorScheme }] of Object.entries(LOOKS)) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.waitForFunction("document.getAnimations().length === 0");
    if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}-${look}.png`), fullPage: true });
    assert.ok(Number(await page.evaluate("document.documentElement.scrollWidth")) <= width, `${name} is wider than ${width} px`);
    if (folder === undefined && look !== "light") continue;
    // The text is run in the page, whose types are not those of here.
    const violations = await page.evaluate<Violation[]>("axe.run().then(({ violations }) => violations)");
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
    assert.deepEqual(found, [], `${name}, ${look}`);
  }
  await page.setViewportSize({ width: LOOKS.light.width, height: LOOKS.light.height });
}
