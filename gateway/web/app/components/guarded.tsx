/**
 * Something that only some may do: for others a word on who may, and the way to log in.
 * @module
 */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useApp } from "../app.ts";
import type { Scope } from "../session.ts";
import { LogInDialog } from "../shell/log-in.tsx";
import { texts } from "../texts.ts";
import { Button } from "./button.tsx";

export function Guarded({ scope, children }: { scope: Scope; children: ComponentChildren }) {
  const { session } = useApp();
  const isOpen = useSignal(false);
  if (session.can(scope)) return <>{children}</>;
  if ((session.access.value?.account ?? null) !== null) return <p class="muted">{texts.common.notAllowed[scope]}</p>;
  return (
    <p class="guarded">
      <Button onClick={() => (isOpen.value = true)}>{texts.common.logInToChange}</Button>
      {isOpen.value && <LogInDialog onClose={() => (isOpen.value = false)} />}
    </p>
  );
}
