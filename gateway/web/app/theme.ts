/**
 * Light or dark: as the system says until the reader chooses; the choice is kept in this browser.
 * @module
 */
import { effect, signal } from "@preact/signals";

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "theme";

/** The stored choice; storage may be forbidden, or hold anything. */
function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return THEMES.find((one) => one === stored) ?? "auto";
  } catch {
    return "auto";
  }
}

export const theme = signal<Theme>(storedTheme());

export function setTheme(chosen: Theme): void {
  theme.value = chosen;
  try {
    localStorage.setItem(KEY, theme.value);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

/** Goes on to the next theme: as the system, light, dark. */
export function nextTheme(): void {
  setTheme(THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? "auto");
}

/** Keeps the document in the chosen theme. */
export function applyTheme(root: HTMLElement): void {
  effect(() => {
    if (theme.value === "auto") delete root.dataset["theme"];
    else root.dataset["theme"] = theme.value;
  });
}
