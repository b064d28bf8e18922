/**
 * A page in light, dark, on a phone and on a 4K screen: nothing may be wider than the screen, and axe-core may find nothing. Pictures are
 * written where a folder is given, or named by the environment's SCREENS, to be looked at.
 */
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { until } from "./browser.ts";

const LOOKS = {
  light: { width: 1280, height: 900, colorScheme: "light" },
  dark: { width: 1280, height: 900, colorScheme: "dark" },
  phone: { width: 360, height: 780, colorScheme: "dark" },
  wide: { width: 3840, height: 2160, colorScheme: "light" },
} as const;
export type Look = keyof typeof LOOKS;

interface Violation {
  id: string;
  nodes: { html: string }[];
}

/** What axe-core finds, one line each. In dark only colours differ from light, so only these are looked at again. */
async function violations(page: Page, look: Look): Promise<string[]> {
  if (await page.evaluate<boolean>("window.axe === undefined")) await page.evaluate(axe.source);
  const rules = look === "light" ? "{}" : "{ runOnly: ['color-contrast'] }";
  // The text is run in the page, whose types are not those of here.
  const found = await page.evaluate<Violation[]>(`axe.run(document, ${rules}).then(({ violations }) => violations)`);
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
}

/**
 * What is wrong with a page, one line each. The page is left in light.
 * @param name of the pictures.
 */
export async function screenTroubles(page: Page, name: string, looks: readonly Look[], folder = process.env["SCREENS"]): Promise<string[]> {
  const found: string[] = [];
  if (folder !== undefined) await mkdir(folder, { recursive: true });
  for (const look of looks) {
    const { width, height, colorScheme } = LOOKS[look];
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await until(page, "document.getAnimations().length === 0");
    if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}-${look}.png`), fullPage: true });
    if ((await page.evaluate<number>("document.documentElement.scrollWidth")) > width) found.push(`${name} is wider than ${width} px`);
    if (look === "light" || look === "dark") found.push(...(await violations(page, look)).map((one) => `${name}, ${look}: ${one}`));
  }
  await page.setViewportSize(LOOKS.light);
  await page.emulateMedia({ colorScheme: "light" });
  return found;
}

/** Fails with what is wrong, in all looks but the widest. */
export async function checkScreens(page: Page, name: string): Promise<void> {
  assert.deepEqual(await screenTroubles(page, name, ["light", "dark", "phone"]), []);
}
