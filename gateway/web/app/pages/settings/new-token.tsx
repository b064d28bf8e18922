/**
 * Makes a token for a program.
 * @module
 */
import { useSignal } from "@preact/signals";
import { bodyOf } from "#gateway/api/client.ts";
import type { Token } from "#gateway/api/schemas/access.ts";
import { useApp } from "../../app.ts";
import { Button } from "../../components/button.tsx";
import { Field, Select } from "../../components/field.tsx";
import { ErrorNote } from "../../components/states.tsx";
import { useAction } from "../../resource.ts";
import { texts } from "../../texts.ts";

/** A token just made: the only time that its secret is known. */
export interface ShownToken {
  name: string;
  secret: string;
}

const SCOPES = ["read", "control", "admin"] as const satisfies Token["scope"][];

export function NewToken({ onMade }: { onMade: (token: ShownToken) => void }) {
  const { client } = useApp();
  const words = texts.settings.tokens;
  const name = useSignal("");
  const scope = useSignal<Token["scope"]>("read");
  const expires = useSignal("");
  const make = useAction(async () => {
    // The end of that day, where the reader is.
    const expiresUtcMs = expires.value === "" ? null : new Date(`${expires.value}T23:59:59`).getTime();
    const json = { name: name.value.trim(), scope: scope.value, ...(expiresUtcMs !== null && { expiresUtcMs }) };
    onMade(await bodyOf(client.tokens.$post({ json })));
    name.value = expires.value = "";
  });
  return (
    <form class="form" onSubmit={(event) => (event.preventDefault(), void make.run())}>
      <div class="fields">
        <Field
          label={words.name}
          value={name.value}
          onInput={(value) => (name.value = value)}
          input={{ required: true, maxlength: 64, autocomplete: "off" }}
        />
        <Select
          label={words.scope}
          value={scope.value}
          options={SCOPES.map((value) => ({ value, text: words.scopes[value] }))}
          onChange={(value) => (scope.value = value)}
        />
        <Field label={words.expires} help={words.expiresHelp} type="date" value={expires.value} onInput={(value) => (expires.value = value)} />
      </div>
      {make.error.value !== null && <ErrorNote message={make.error.value} />}
      <Button type="submit" kind="primary" isBusy={make.isRunning.value}>
        {words.submit}
      </Button>
    </form>
  );
}
