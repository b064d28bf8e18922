/**
 * Which home this is, whether the page is live, who is logged in, and the choice of light or dark.
 * @module
 */
import { useSignal } from "@preact/signals";
import { useApp } from "../app.ts";
import { Button } from "../components/button.tsx";
import { useAction } from "../resource.ts";
import { texts } from "../texts.ts";
import { nextTheme, theme } from "../theme.ts";
import { LogInDialog } from "./log-in.tsx";

const MARKS = { auto: "◐", light: "☀", dark: "☾" };

function Account() {
  const { session } = useApp();
  const isOpen = useSignal(false);
  const logOut = useAction(() => session.logOut());
  const account = session.access.value?.account ?? null;
  if (account !== null) {
    return (
      <Button kind="quiet" label={texts.shell.logOutOf(account.name)} isBusy={logOut.isRunning.value} onClick={() => void logOut.run()}>
        {texts.shell.logOut}
      </Button>
    );
  }
  return (
    <>
      <Button kind="quiet" onClick={() => (isOpen.value = true)}>
        {texts.shell.logIn.submit}
      </Button>
      {isOpen.value && <LogInDialog onClose={() => (isOpen.value = false)} />}
    </>
  );
}

export function Header() {
  const { model } = useApp();
  const node = model.node.value;
  const connection = model.connection.value;
  const label = texts.shell.theme[theme.value];
  return (
    <header class="header">
      <img src="/icon.svg" alt="" width="40" height="40" />
      <div class="header-name">
        <strong>{node?.name ?? "DAISEE"}</strong>
        <p>
          <span class={`live live-${connection}`} role="status">
            {texts.shell.connection[connection]}
          </span>
          {node !== null && <span class="header-role">{texts.shell.roles[node.role]}</span>}
        </p>
      </div>
      <Account />
      <button type="button" class="icon-button" aria-label={label} title={label} onClick={nextTheme}>
        <span aria-hidden="true">{MARKS[theme.value]}</span>
      </button>
    </header>
  );
}
