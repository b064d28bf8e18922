/**
 * Who changed what.
 * @module
 */
import { useSignal } from "@preact/signals";
import { bodyOf } from "#gateway/api/client.ts";
import type { AuditEntry } from "#gateway/api/schemas/access.ts";
import { useApp } from "../../app.ts";
import { readPages } from "../../available.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Guarded } from "../../components/guarded.tsx";
import { Empty, Loaded } from "../../components/states.tsx";
import { Table } from "../../components/table.tsx";
import { timeOf } from "../../format.ts";
import { useAction, useResource } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { changeWords } from "./change-words.ts";

const PAGE = "30";

function Log() {
  const { client, model } = useApp();
  const words = texts.settings.log;
  const pages = useSignal(1);
  const log = useResource(() => readPages((cursor) => bodyOf(client.audit.$get({ query: { limit: PAGE, ...cursor } })), pages.peek()));
  const older = useAction(async () => {
    pages.value++;
    await log.reload();
  });
  const nowMs = model.nowUtcMs.value;
  return (
    <Loaded resource={log}>
      {({ items, isComplete }) =>
        items.length === 0 ? (
          <Empty>{words.none}</Empty>
        ) : (
          <>
            <Table<AuditEntry>
              caption={words.title}
              rows={items}
              keyOf={({ entry }) => entry}
              columns={[
                { name: words.columns.time, cell: ({ utcMs }) => timeOf(utcMs, nowMs) },
                { name: words.columns.actor, cell: ({ actor, address }) => <span title={address}>{actor}</span> },
                { name: words.columns.action, cell: ({ action }) => action },
                { name: words.columns.target, cell: ({ target }) => <span class="audit-change">{target}</span> },
                {
                  name: words.columns.change,
                  cell: ({ before, after }) => <span class="audit-change">{changeWords(before, after) || texts.common.noValue}</span>,
                },
              ]}
            />
            <div class="listing-end">
              {isComplete ? (
                <p class="muted">{words.first}</p>
              ) : (
                <Button isBusy={older.isRunning.value} onClick={() => void older.run()}>
                  {words.older}
                </Button>
              )}
            </div>
          </>
        )
      }
    </Loaded>
  );
}

export function LogSection() {
  return (
    <Card title={texts.settings.log.title}>
      <div class="stack">
        <p class="muted">{texts.settings.log.detail}</p>
        <Guarded scope="admin">
          <Log />
        </Guarded>
      </div>
    </Card>
  );
}
