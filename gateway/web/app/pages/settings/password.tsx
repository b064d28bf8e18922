/**
 * Changes one's own password.
 * @module
 */
import { useSignal } from "@preact/signals";
import { bodyOf } from "#gateway/api/client.ts";
import { useApp } from "../../app.ts";
import { Button } from "../../components/button.tsx";
import { Field } from "../../components/field.tsx";
import { ErrorNote } from "../../components/states.tsx";
import { useAction } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { MIN_PASSWORD } from "./account-editor.tsx";

export function Password() {
  const { client } = useApp();
  const words = texts.settings.password;
  const oldPassword = useSignal("");
  const newPassword = useSignal("");
  const wasChanged = useSignal(false);
  const change = useAction(() =>
    bodyOf(client.session.password.$put({ json: { oldPassword: oldPassword.value, newPassword: newPassword.value } })),
  );
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    wasChanged.value = await change.run();
    if (wasChanged.value) oldPassword.value = newPassword.value = "";
  }
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <p class="muted">{words.detail}</p>
      <div class="fields">
        <Field
          label={words.old}
          type="password"
          value={oldPassword.value}
          onInput={(value) => (oldPassword.value = value)}
          input={{ required: true, autocomplete: "current-password" }}
        />
        <Field
          label={words.new}
          type="password"
          value={newPassword.value}
          onInput={(value) => (newPassword.value = value)}
          input={{ required: true, minlength: MIN_PASSWORD, autocomplete: "new-password" }}
        />
      </div>
      {change.error.value !== null && <ErrorNote message={change.error.value} />}
      <Button type="submit" isBusy={change.isRunning.value}>
        {words.submit}
      </Button>
      <p role="status">{wasChanged.value ? words.changed : ""}</p>
    </form>
  );
}
