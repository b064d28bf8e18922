/**
 * The way between the pages: a bar at the side, on a phone at the bottom, where what does not fit is behind "More".
 * @module
 */
import { href, route } from "../router.ts";
import type { PageName } from "../router.ts";
import { texts } from "../texts.ts";

const ICONS: Record<PageName, string> = {
  now: "M13 3L5 14h6l-1 7l8-11h-6z",
  history: "M4 4v16h16M8 15l4-5l3 3l5-7",
  neighbours: "M3 11l5-4l5 4v8H3zM13 12l4-3l4 3v7h-8M7 19v-4h2v4",
  settlement: "M5 4h14v17l-3-2l-2 2l-2-2l-2 2l-2-2l-3 2zM9 9h6M9 13h6",
  chain: "M10 13a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 11a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  boards: "M6 6h12v12H6zM10 10h4v4h-4zM9 6V3M15 6V3M9 21v-3M15 21v-3M6 9H3M6 15H3M21 9h-3M21 15h-3",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4",
  more: "M5 12h.01M12 12h.01M19 12h.01",
};

/** On a phone only these have a place in the bar; the others are on the page "more". */
const FIRST: readonly PageName[] = ["now", "history", "neighbours", "boards"];
export const REST: readonly PageName[] = ["settlement", "chain", "settings"];
const ORDER: readonly PageName[] = ["now", "history", "neighbours", "settlement", "chain", "boards", "settings", "more"];

function visibility(page: PageName): string {
  if (page === "more") return "nav-narrow";
  return FIRST.includes(page) ? "" : "nav-wide";
}

export function PageLink({ page, class: className = "" }: { page: PageName; class?: string }) {
  const current = route.value.page;
  return (
    <a
      class={`nav-link ${className} ${page === "more" && REST.includes(current) ? "nav-within" : ""}`}
      href={href(page)}
      aria-current={current === page ? "page" : undefined}
    >
      <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
        <path d={ICONS[page]} />
      </svg>
      <span>{texts.shell.pages[page]}</span>
    </a>
  );
}

export function Nav() {
  return (
    <nav class="nav" aria-label={texts.shell.navigation}>
      {ORDER.map((page) => (
        <PageLink key={page} page={page} class={visibility(page)} />
      ))}
    </nav>
  );
}
