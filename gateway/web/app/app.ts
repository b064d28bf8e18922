/**
 * What every part of the page may use, handed down by a context.
 * @module
 */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Client } from "#gateway/api/client.ts";
import type { Model } from "./model.ts";
import type { Session } from "./session.ts";

export interface App {
  client: Client;
  session: Session;
  /** What is shown live: the home, its boards, the chain. */
  model: Model;
}

export const AppContext = createContext<App | null>(null);

/** @throws outside of the shell. */
export function useApp(): App {
  const app = useContext(AppContext);
  if (app === null) throw new Error("useApp outside of the shell");
  return app;
}
