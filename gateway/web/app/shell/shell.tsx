/**
 * The frame around every page: header, navigation, what is wrong right now, the page itself.
 * @module
 */
import { useSignalEffect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Client } from "#gateway/api/client.ts";
import { AppContext } from "../app.ts";
import { createModel } from "../model.ts";
import { route } from "../router.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { Header } from "./header.tsx";
import { Nav } from "./nav.tsx";
import { Notices } from "./notices.tsx";
import { CurrentPage } from "./page.tsx";

export function Shell({ client, session }: { client: Client; session: Session }) {
  const app = useMemo(() => ({ client, session, model: createModel(client, session) }), [client, session]);
  const { model } = app;
  useEffect(() => () => model.close(), [model]);
  // A phone that wakes up has a stream that may be dead without knowing it.
  useEffect(() => {
    const wake = () => {
      if (document.visibilityState === "visible") model.wake();
    };
    document.addEventListener("visibilitychange", wake);
    return () => document.removeEventListener("visibilitychange", wake);
  }, [model]);
  useSignalEffect(() => {
    document.title = texts.shell.title(texts.shell.pages[route.value.page], model.node.value?.name ?? null);
  });
  return (
    <AppContext.Provider value={app}>
      <a class="skip" href="#content" onClick={(event) => (event.preventDefault(), document.getElementById("content")?.focus())}>
        {texts.shell.skip}
      </a>
      <div class="shell">
        <Header />
        <Nav />
        <main id="content" tabIndex={-1}>
          <Notices model={model} />
          <CurrentPage />
        </main>
      </div>
      <p class="visually-hidden" aria-live="polite">
        {model.announcement}
      </p>
    </AppContext.Provider>
  );
}
