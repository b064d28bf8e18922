/**
 * Settlement slots and their state, with what this home's bus meters counted in each.
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { bodyOf } from "#gateway/api/client.ts";
import type { Slot } from "#gateway/api/schemas/trade.ts";
import { useApp } from "../../app.ts";
import { ifAvailable, readPages } from "../../available.ts";
import { Card } from "../../components/card.tsx";
import { Empty, Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { energy, timeOf } from "../../format.ts";
import { useAction, useResource } from "../../resource.ts";
import { href } from "../../router.ts";
import { texts } from "../../texts.ts";
import { busMeters, counted } from "./bus.ts";
import { Older } from "./older.tsx";
import { SlotState } from "./state.tsx";

const PAGE = "20";

function columnsAt(nowMs: number, bus: ReadonlySet<string>): Column<Slot>[] {
  const { slotColumns: names } = texts.settlement;
  return [
    { name: names.slot, cell: ({ slot }) => slot },
    { name: names.time, cell: ({ startUtcMs, endUtcMs }) => `${timeOf(startUtcMs, nowMs)} – ${timeOf(endUtcMs, nowMs)}` },
    { name: names.state, cell: ({ state }) => <SlotState state={state} /> },
    { name: names.drawn, isNumber: true, cell: (slot) => energy(counted(slot, bus).importMwh) },
    { name: names.given, isNumber: true, cell: (slot) => energy(counted(slot, bus).exportMwh) },
    {
      name: names.batch,
      isNumber: true,
      cell: ({ batchNumber }) =>
        batchNumber === null ? texts.common.noValue : <a href={href("settlement", ["batches", String(batchNumber)])}>{batchNumber}</a>,
    },
  ];
}

export function Slots({ nowMs }: { nowMs: number }) {
  const { client, model } = useApp();
  const pages = useSignal(1);
  const slots = useResource(async () => ({
    found: await ifAvailable(() =>
      readPages((cursor) => bodyOf(client.slots.$get({ query: { limit: PAGE, ...cursor } })), pages.peek()),
    ),
  }));
  const older = useAction(async () => {
    pages.value++;
    await slots.reload();
  });
  // A slot has no message of its own; what changes one are these.
  useEffect(
    () =>
      model.listen(({ name }) => {
        if (name === "batch" || name === "settlement") void slots.reload();
      }),
    [],
  );
  return (
    <Card title={texts.settlement.slots}>
      <p class="muted">{texts.settlement.slotsDetail}</p>
      <Loaded resource={slots}>
        {({ found }) => {
          if (found === null) return <Empty>{texts.settlement.noExchange}</Empty>;
          if (found.items.length === 0) return <Empty>{texts.settlement.noSlots}</Empty>;
          const columns = columnsAt(nowMs, busMeters(model.boards.value));
          return (
            <>
              <Table caption={texts.settlement.slots} columns={columns} rows={found.items} keyOf={({ slot }) => slot} />
              <Older hasMore={!found.isComplete} older={older} />
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}
