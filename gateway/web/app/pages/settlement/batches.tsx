/**
 * This home's batches and how far each is on its way onto the chain.
 * @module
 */
import type { Batch } from "#gateway/api/schemas/batches.ts";
import { Card } from "../../components/card.tsx";
import { Empty, Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { timeOf } from "../../format.ts";
import { href } from "../../router.ts";
import { texts } from "../../texts.ts";
import { useBatches } from "./batch-list.ts";
import { Older } from "./older.tsx";
import { BatchState } from "./state.tsx";

function columnsAt(nowMs: number): Column<Batch>[] {
  const { batchColumns: names, batch: nameOf } = texts.settlement;
  return [
    { name: names.number, cell: ({ number }) => <a href={href("settlement", ["batches", String(number)])}>{nameOf(number)}</a> },
    { name: names.period, cell: ({ fromUtcMs, toUtcMs }) => `${timeOf(fromUtcMs, nowMs)} – ${timeOf(toUtcMs, nowMs)}` },
    { name: names.readings, isNumber: true, cell: ({ readingCount }) => readingCount },
    { name: names.state, cell: ({ transaction }) => <BatchState state={transaction.state} /> },
    { name: names.block, isNumber: true, cell: ({ transaction }) => transaction.blockNumber ?? texts.common.noValue },
  ];
}

export function Batches({ nowMs }: { nowMs: number }) {
  const { batches, older } = useBatches();
  return (
    <Card title={texts.settlement.batches}>
      <p class="muted">{texts.settlement.batchesDetail}</p>
      <Loaded resource={batches}>
        {({ items, nextCursor }) =>
          items.length === 0 ? (
            <Empty>{texts.settlement.noBatches}</Empty>
          ) : (
            <>
              <Table caption={texts.settlement.batches} columns={columnsAt(nowMs)} rows={items} keyOf={({ number }) => number} />
              <Older hasMore={nextCursor !== null} older={older} />
            </>
          )
        }
      </Loaded>
    </Card>
  );
}
