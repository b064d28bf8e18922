/**
 * The household's accounts: add, change, remove.
 * @module
 */
import { useSignal } from "@preact/signals";
import { bodyOf } from "#gateway/api/client.ts";
import type { Account } from "#gateway/api/schemas/access.ts";
import { useApp } from "../../app.ts";
import { Button } from "../../components/button.tsx";
import { Loaded } from "../../components/states.tsx";
import { Table } from "../../components/table.tsx";
import { timeOf } from "../../format.ts";
import { useResource } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { AccountEditor } from "./account-editor.tsx";
import { Remove } from "./remove.tsx";

export function Accounts() {
  const { client, model } = useApp();
  const words = texts.settings.accounts;
  const edited = useSignal<{ account: Account | null } | null>(null);
  const accounts = useResource(() => bodyOf(client.accounts.$get()));
  const nowMs = model.nowUtcMs.value;
  const reload = () => void accounts.reload();
  return (
    <>
      <Loaded resource={accounts}>
        {({ items }) => (
          <Table<Account>
            caption={words.title}
            rows={items}
            keyOf={({ accountId }) => accountId}
            columns={[
              { name: words.columns.name, cell: ({ name }) => name },
              { name: words.columns.role, cell: ({ role }) => words.roles[role] },
              {
                name: words.columns.login,
                cell: ({ lastLoginUtcMs }) => (lastLoginUtcMs === null ? texts.settings.never : timeOf(lastLoginUtcMs, nowMs)),
              },
              {
                name: words.columns.change,
                cell: (account) => (
                  <span class="order-buttons">
                    <Button kind="quiet" label={words.changeOf(account.name)} onClick={() => (edited.value = { account })}>
                      {words.change}
                    </Button>
                    <Remove
                      label={words.removeOf(account.name)}
                      remove={() => bodyOf(client.accounts[":accountId"].$delete({ param: { accountId: account.accountId } }))}
                      onRemoved={reload}
                    />
                  </span>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      <div>
        <Button kind="primary" onClick={() => (edited.value = { account: null })}>
          {words.add}
        </Button>
      </div>
      {edited.value !== null && <AccountEditor account={edited.value.account} onSaved={reload} onClose={() => (edited.value = null)} />}
    </>
  );
}
