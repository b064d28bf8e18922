/**
 * Where the reader is, in the part of the address behind "#": a page and what it shows. So a link leads to just that, "back" goes
 * back, and the gateway has one page to serve.
 * @module
 */
import { signal } from "@preact/signals";
import { parseHash } from "./address.ts";
import type { Route } from "./address.ts";

export { href, PAGES } from "./address.ts";
export type { PageName, Route } from "./address.ts";

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
