/**
 * The readings of a batch, each with the button that checks its proof.
 * @module
 */
import { useSignal } from "@preact/signals";
import { bodyOf } from "#gateway/api/client.ts";
import type { Batch } from "#gateway/api/schemas/batches.ts";
import type { Board } from "#gateway/api/schemas/node.ts";
import type { Reading } from "#gateway/api/schemas/records.ts";
import { useApp } from "../../app.ts";
import { readPages } from "../../available.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Empty, Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { energy, timeOf, watts } from "../../format.ts";
import { useResource } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { ProofDialog } from "./proof.tsx";

/** Rows that are shown at first, and by which there are more. */
const SHOWN = 20;
/** A batch has at most 1024 readings; others between its first and its last one are few. */
const MOST_PAGES = 4;

function meterName(boards: readonly Board[], { boardId, meter }: Reading): string {
  const board = boards.find((one) => one.boardId === boardId);
  return board?.meters.find((one) => one.meter === meter)?.name ?? `${boardId} ${meter}`;
}

export function BatchReadings({ batch, nowMs }: { batch: Batch; nowMs: number }) {
  const { client, model } = useApp();
  const words = texts.settlement;
  const shown = useSignal(SHOWN);
  const chosen = useSignal<Reading | null>(null);
  const readings = useResource(
    async () => {
      const bounds = { fromUtcMs: String(batch.fromUtcMs), toUtcMs: String(batch.toUtcMs + 1), limit: "1000" };
      const { items } = await readPages((cursor) => bodyOf(client.readings.$get({ query: { ...bounds, ...cursor } })), MOST_PAGES);
      return items.filter(({ batchNumber }) => batchNumber === batch.number);
    },
    { key: String(batch.number) },
  );
  const columns: Column<Reading>[] = [
    { name: words.readingColumns.time, cell: ({ endUtcMs }) => (endUtcMs === null ? texts.common.noValue : timeOf(endUtcMs, nowMs)) },
    { name: words.readingColumns.meter, cell: (reading) => meterName(model.boards.value, reading) },
    { name: words.readingColumns.power, isNumber: true, cell: ({ powerMw }) => watts(powerMw) },
    { name: words.readingColumns.imported, isNumber: true, cell: ({ importMwh }) => energy(importMwh) },
    { name: words.readingColumns.exported, isNumber: true, cell: ({ exportMwh }) => energy(exportMwh) },
    {
      name: words.readingColumns.verify,
      cell: (reading) => (
        <Button kind="quiet" label={words.verifyOf(reading.id)} onClick={() => (chosen.value = reading)}>
          {words.verify}
        </Button>
      ),
    },
  ];
  return (
    <Card title={words.readings(batch.readingCount)}>
      {batch.readingCount === 0 ? (
        <Empty>{words.noReadings}</Empty>
      ) : (
        <Loaded resource={readings}>
          {(items) => (
            <>
              <Table caption={words.readings(batch.readingCount)} columns={columns} rows={items.slice(0, shown.value)} keyOf={({ id }) => id} />
              {items.length > shown.value && (
                <div class="listing-end">
                  <Button onClick={() => (shown.value += SHOWN)}>{words.more}</Button>
                </div>
              )}
            </>
          )}
        </Loaded>
      )}
      {chosen.value !== null && <ProofDialog reading={chosen.value} batch={batch} onClose={() => (chosen.value = null)} />}
    </Card>
  );
}
