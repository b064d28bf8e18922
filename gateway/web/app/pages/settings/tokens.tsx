/**
 * Tokens of programs. A new one's secret is shown once.
 * @module
 */
import { useSignal } from "@preact/signals";
import { bodyOf } from "#gateway/api/client.ts";
import type { Token } from "#gateway/api/schemas/access.ts";
import { useApp } from "../../app.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Guarded } from "../../components/guarded.tsx";
import { Empty, Loaded } from "../../components/states.tsx";
import { Table } from "../../components/table.tsx";
import { timeOf } from "../../format.ts";
import { useResource } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { NewToken, type ShownToken } from "./new-token.tsx";
import { Remove } from "./remove.tsx";

function Secret({ token, onHide }: { token: ShownToken; onHide: () => void }) {
  const words = texts.settings.tokens;
  const isCopied = useSignal(false);
  async function copy(): Promise<void> {
    // Without a clipboard, as on plain HTTP over the LAN, the text stands there to be selected.
    isCopied.value = await navigator.clipboard?.writeText(token.secret).then(
      () => true,
      () => false,
    );
  }
  return (
    <div class="secret" role="status">
      <p>{words.made(token.name)}</p>
      <code>{token.secret}</code>
      <p class="muted">{words.use}</p>
      <div class="buttons">
        <Button onClick={() => void copy()}>{isCopied.value ? words.copied : words.copy}</Button>
        <Button onClick={onHide}>{words.hide}</Button>
      </div>
    </div>
  );
}

function Tokens() {
  const { client, model } = useApp();
  const words = texts.settings.tokens;
  const made = useSignal<ShownToken | null>(null);
  const tokens = useResource(() => bodyOf(client.tokens.$get()));
  const nowMs = model.nowUtcMs.value;
  const reload = () => void tokens.reload();
  return (
    <>
      {made.value !== null && <Secret token={made.value} onHide={() => (made.value = null)} />}
      <Loaded resource={tokens}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>{words.none}</Empty>
          ) : (
            <Table<Token>
              caption={words.title}
              rows={items}
              keyOf={({ tokenId }) => tokenId}
              columns={[
                { name: words.columns.name, cell: ({ name }) => name },
                { name: words.columns.scope, cell: ({ scope }) => words.scopes[scope] },
                { name: words.columns.by, cell: ({ createdBy }) => createdBy },
                {
                  name: words.columns.used,
                  cell: ({ lastUsedUtcMs }) => (lastUsedUtcMs === null ? texts.settings.never : timeOf(lastUsedUtcMs, nowMs)),
                },
                {
                  name: words.columns.expires,
                  cell: ({ expiresUtcMs }) => (expiresUtcMs === null ? texts.settings.never : timeOf(expiresUtcMs, nowMs)),
                },
                {
                  name: words.columns.revoke,
                  cell: ({ tokenId, name }) => (
                    <Remove
                      label={words.revokeOf(name)}
                      text={words.revoke}
                      remove={() => bodyOf(client.tokens[":tokenId"].$delete({ param: { tokenId } }))}
                      onRemoved={reload}
                    />
                  ),
                },
              ]}
            />
          )
        }
      </Loaded>
      <NewToken
        onMade={(token) => {
          made.value = token;
          reload();
        }}
      />
    </>
  );
}

export function TokensSection() {
  return (
    <Card title={texts.settings.tokens.title}>
      <div class="stack">
        <p class="muted">{texts.settings.tokens.detail}</p>
        <Guarded scope="admin">
          <Tokens />
        </Guarded>
      </div>
    </Card>
  );
}
