/**
 * Logging in by name and password: over the page in a demo, instead of it elsewhere.
 * @module
 */
import { useSignal } from "@preact/signals";
import { Button } from "../components/button.tsx";
import { Dialog } from "../components/dialog.tsx";
import { Field } from "../components/field.tsx";
import { ErrorNote } from "../components/states.tsx";
import { useAction } from "../resource.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { useApp } from "../app.ts";

export function LogInForm({ session, onDone }: { session: Session; onDone?: () => void }) {
  const name = useSignal("");
  const password = useSignal("");
  const logIn = useAction(() => session.logIn(name.value, password.value));
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (await logIn.run()) onDone?.();
  }
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <Field
        label={texts.shell.logIn.name}
        value={name.value}
        onInput={(value) => (name.value = value)}
        input={{ autocomplete: "username", required: true, autofocus: true }}
      />
      <Field
        label={texts.shell.logIn.password}
        type="password"
        value={password.value}
        onInput={(value) => (password.value = value)}
        input={{ autocomplete: "current-password", required: true }}
      />
      {logIn.error.value !== null && <ErrorNote message={logIn.error.value} />}
      <Button type="submit" kind="primary" isBusy={logIn.isRunning.value}>
        {texts.shell.logIn.submit}
      </Button>
    </form>
  );
}

export function LogInDialog({ onClose }: { onClose: () => void }) {
  const { session } = useApp();
  return (
    <Dialog title={texts.shell.logIn.title} onClose={onClose}>
      <LogInForm session={session} onDone={onClose} />
    </Dialog>
  );
}
