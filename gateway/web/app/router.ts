/**
 * Where the reader is, in the part of the address behind "#": a page and what it shows. So a link leads to just that, "back" goes
 * back, and the gateway has one page to serve.
 * @module
 */
import { signal } from "@preact/signals";

export const PAGES = ["now", "history", "neighbours", "settlement", "chain", "boards", "settings", "more"] as const;
export type PageName = (typeof PAGES)[number];

export interface Route {
  page: PageName;
  /** What of the page: "boards/24a160aabbcc" has one part. */
  parts: readonly string[];
  query: Readonly<Record<string, string>>;
}

/** Reads the part of an address behind "#"; an unknown page is the first one. */
export function parseHash(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#?\/?/, "").split("?");
  const [name, ...parts] = path.split("/").map(decode);
  const page = PAGES.find((one) => one === name) ?? "now";
  return { page, parts: parts.filter((part) => part !== ""), query: Object.fromEntries(new URLSearchParams(query)) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The link to a page: `href("boards", ["24a160aabbcc"])`. */
export function href(page: PageName, parts: readonly string[] = [], query: Readonly<Record<string, string>> = {}): string {
  const search = new URLSearchParams(query).toString();
  return `#/${[page, ...parts.map(encodeURIComponent)].join("/")}${search === "" ? "" : `?${search}`}`;
}

export const route = signal<Route>(parseHash(""));

/** Goes to a link of {@link href}; with `replace` "back" does not come here again, as for what is only another view of the same. */
export function go(to: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  route.value = parseHash(location.hash);
}

/** Keeps `route` with the address. @returns what ends that. */
export function followAddress(): () => void {
  const follow = () => {
    route.value = parseHash(location.hash);
  };
  follow();
  addEventListener("hashchange", follow);
  addEventListener("popstate", follow);
  return () => {
    removeEventListener("hashchange", follow);
    removeEventListener("popstate", follow);
  };
}
