/**
 * The page that the address names, fetched when it is first asked for.
 * @module
 */
import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { ErrorNote } from "../components/states.tsx";
import { route } from "../router.ts";
import type { PageName } from "../router.ts";
import { texts } from "../texts.ts";
import { More } from "./more.tsx";

interface PageModule {
  default: ComponentType;
}

const LOADERS: Record<Exclude<PageName, "more">, () => Promise<PageModule>> = {
  now: () => import("../pages/now/page.tsx"),
  history: () => import("../pages/history/page.tsx"),
  neighbours: () => import("../pages/neighbours/page.tsx"),
  settlement: () => import("../pages/settlement/page.tsx"),
  chain: () => import("../pages/chain/page.tsx"),
  boards: () => import("../pages/boards/page.tsx"),
  settings: () => import("../pages/settings/page.tsx"),
};

const loaded = new Map<PageName, ComponentType>([["more", More]]);

/** Fetches the code of the page that the address names, so that it is there when the shell is. */
export async function preload(page: PageName): Promise<void> {
  if (page !== "more" && !loaded.has(page)) loaded.set(page, (await LOADERS[page]()).default);
}

export function CurrentPage() {
  const { page } = route.value;
  const attempt = useSignal(0);
  const failed = useSignal<PageName | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(page);

  useEffect(() => {
    preload(page).then(
      () => (attempt.value += 1),
      () => (failed.value = page),
    );
  }, [page]);

  // A screen reader is told of the new page, and goes on from its top.
  useEffect(() => {
    if (shown.current === page) return;
    shown.current = page;
    scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
  }, [page]);

  function retry(): void {
    failed.value = null;
    preload(page).then(
      () => (attempt.value += 1),
      () => (failed.value = page),
    );
  }

  void attempt.value;
  const Page = loaded.get(page);
  return (
    <>
      <h1 ref={heading} tabIndex={-1} class="page-title">
        {texts.shell.pages[page]}
      </h1>
      {Page !== undefined ? (
        <Page key={page} />
      ) : failed.value === page ? (
        <ErrorNote message={texts.shell.pageFailed} onRetry={retry} />
      ) : (
        <p class="empty loading">{texts.common.loading}</p>
      )}
    </>
  );
}
