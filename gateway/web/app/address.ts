/**
 * The part of the address behind "#": a page and what it shows. Pure.
 * @module
 */
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
