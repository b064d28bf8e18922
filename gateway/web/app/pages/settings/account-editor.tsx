/**
 * Adds an account, or changes one.
 * @module
 */
import { useSignal } from "@preact/signals";
import { bodyOf } from "#gateway/api/client.ts";
import type { Account } from "#gateway/api/schemas/access.ts";
import { useApp } from "../../app.ts";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Field, Select } from "../../components/field.tsx";
import { ErrorNote } from "../../components/states.tsx";
import { useAction } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { etagOf } from "./etag.ts";

/** `MIN_PASSWORD` of `gateway/api/schemas/access.ts`, which would bring zod into the page. */
export const MIN_PASSWORD = 10;

const ROLES = ["owner", "member", "guest"] as const satisfies Account["role"][];

export interface AccountEditorProps {
  /** Null for a new one. */
  account: Account | null;
  onSaved: () => void;
  onClose: () => void;
}

export function AccountEditor({ account, onSaved, onClose }: AccountEditorProps) {
  const { client } = useApp();
  const words = texts.settings.accounts;
  const name = useSignal(account?.name ?? "");
  const role = useSignal<Account["role"]>(account?.role ?? "member");
  const password = useSignal("");
  const save = useAction(async () => {
    const fields = { name: name.value.trim(), role: role.value };
    if (account === null) await bodyOf(client.accounts.$post({ json: { ...fields, password: password.value } }));
    else {
      const one = client.accounts[":accountId"];
      const param = { accountId: account.accountId };
      const json = password.value === "" ? fields : { ...fields, password: password.value };
      await bodyOf(one.$put({ param, json }, { headers: { "If-Match": await etagOf(one.$get({ param })) } }));
    }
    onSaved();
    onClose();
  });
  return (
    <Dialog title={account === null ? words.add : words.changeTitle(account.name)} onClose={onClose}>
      <form class="form" onSubmit={(event) => (event.preventDefault(), void save.run())}>
        <Field
          label={words.name}
          value={name.value}
          onInput={(value) => (name.value = value)}
          input={{ required: true, maxlength: 64, autocomplete: "off" }}
        />
        <Select
          label={words.role}
          value={role.value}
          options={ROLES.map((value) => ({ value, text: words.roles[value] }))}
          onChange={(value) => (role.value = value)}
        />
        <Field
          label={account === null ? words.password : words.newPassword}
          help={account === null ? words.passwordHelp(MIN_PASSWORD) : words.newPasswordHelp}
          type="password"
          value={password.value}
          onInput={(value) => (password.value = value)}
          input={{ required: account === null, minlength: MIN_PASSWORD, autocomplete: "new-password" }}
        />
        {save.error.value !== null && <ErrorNote message={save.error.value} />}
        <Button type="submit" kind="primary" isBusy={save.isRunning.value}>
          {account === null ? words.submit : texts.common.save}
        </Button>
      </form>
    </Dialog>
  );
}
