/**
 * What this home wrote to the chain, from the newest transaction back to the first.
 * @module
 */
import type { Batch } from "#gateway/api/schemas/batches.ts";
import { Card } from "../../components/card.tsx";
import { Hash } from "../../components/hash.tsx";
import { Empty, Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { timeOf } from "../../format.ts";
import { href } from "../../router.ts";
import { texts } from "../../texts.ts";
import { useBatches } from "../settlement/batch-list.ts";
import { Older } from "../settlement/older.tsx";
import { BatchState } from "../settlement/state.tsx";

function columnsAt(nowMs: number): Column<Batch>[] {
  const { columns, commitOf } = texts.chain;
  return [
    { name: columns.what, cell: ({ number }) => <a href={href("settlement", ["batches", String(number)])}>{commitOf(number)}</a> },
    { name: columns.transaction, cell: ({ transaction }) => <Hash hash={transaction.hash} /> },
    { name: columns.made, cell: ({ transaction }) => timeOf(transaction.createdUtcMs, nowMs) },
    { name: columns.state, cell: ({ transaction }) => <BatchState state={transaction.state} /> },
    { name: columns.block, isNumber: true, cell: ({ transaction }) => transaction.blockNumber ?? texts.common.noValue },
  ];
}

export function Transactions({ nowMs }: { nowMs: number }) {
  const { batches, older } = useBatches();
  return (
    <Card title={texts.chain.transactions}>
      <p class="muted">{texts.chain.transactionsDetail}</p>
      <Loaded resource={batches}>
        {({ items, nextCursor }) =>
          items.length === 0 ? (
            <Empty>{texts.chain.noTransactions}</Empty>
          ) : (
            <>
              <Table caption={texts.chain.transactions} columns={columnsAt(nowMs)} rows={items} keyOf={({ number }) => number} />
              <Older hasMore={nextCursor !== null} older={older} />
            </>
          )
        }
      </Loaded>
    </Card>
  );
}
