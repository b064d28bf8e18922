/**
 * Where someone is logged in.
 * @module
 */
import { bodyOf } from "#gateway/api/client.ts";
import type { Session } from "#gateway/api/schemas/access.ts";
import { useApp } from "../../app.ts";
import { Badge } from "../../components/badge.tsx";
import { Loaded } from "../../components/states.tsx";
import { Table } from "../../components/table.tsx";
import { timeOf } from "../../format.ts";
import { useResource } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { clientName } from "./client-name.ts";
import { Remove } from "./remove.tsx";

export function Sessions() {
  const { client, model } = useApp();
  const words = texts.settings.sessions;
  const sessions = useResource(() => bodyOf(client.sessions.$get()));
  const nowMs = model.nowUtcMs.value;
  const nameOf = ({ client: browser }: Session) => clientName(browser) ?? words.unknownClient;
  return (
    <Loaded resource={sessions}>
      {({ items }) => (
        <Table<Session>
          caption={words.title}
          rows={items}
          keyOf={({ sessionId }) => sessionId}
          columns={[
            { name: words.columns.account, cell: ({ accountName }) => accountName },
            { name: words.columns.client, cell: (one) => <span title={one.client}>{nameOf(one)}</span> },
            { name: words.columns.address, cell: ({ address }) => address },
            { name: words.columns.seen, cell: ({ seenUtcMs }) => timeOf(seenUtcMs, nowMs) },
            {
              name: words.columns.end,
              cell: (one) =>
                one.isCurrent ? (
                  <Badge tone="good">{words.current}</Badge>
                ) : (
                  <Remove
                    label={words.endOf(one.accountName, nameOf(one))}
                    text={words.end}
                    remove={() => bodyOf(client.sessions[":sessionId"].$delete({ param: { sessionId: one.sessionId } }))}
                    onRemoved={() => void sessions.reload()}
                  />
                ),
            },
          ]}
        />
      )}
    </Loaded>
  );
}
