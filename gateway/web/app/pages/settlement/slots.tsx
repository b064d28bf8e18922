/**
 * Settlement slots and their state, with what this home's bus meters counted in each and what that came to.
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { bodyOf } from "#gateway/api/client.ts";
import type { Settlement, Slot } from "#gateway/api/schemas/trade.ts";
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
import { paidOrEarned } from "./money.ts";
import { Older } from "./older.tsx";
import { SlotState } from "./state.tsx";

const PAGE = "20";

/** A slot, and what it came to once it is settled. */
interface Settled extends Slot {
  amount: string | null;
}

function withAmounts(slots: readonly Slot[], settlements: readonly Settlement[]): Settled[] {
  const amounts = new Map(settlements.map(({ slot, amount }) => [slot, amount]));
  return slots.map((slot) => ({ ...slot, amount: amounts.get(slot.slot) ?? null }));
}

function columnsAt(nowMs: number, bus: ReadonlySet<string>): Column<Settled>[] {
  const { slotColumns: names } = texts.settlement;
  return [
    { name: names.slot, cell: ({ slot }) => <a href={href("settlement", ["slots", String(slot)])}>{slot}</a> },
    { name: names.time, cell: ({ startUtcMs, endUtcMs }) => `${timeOf(startUtcMs, nowMs)} – ${timeOf(endUtcMs, nowMs)}` },
    { name: names.state, cell: ({ state }) => <SlotState state={state} /> },
    { name: names.drawn, isNumber: true, cell: (slot) => energy(counted(slot, bus).importMwh) },
    { name: names.given, isNumber: true, cell: (slot) => energy(counted(slot, bus).exportMwh) },
    { name: names.amount, isNumber: true, cell: ({ amount }) => (amount === null ? texts.common.noValue : paidOrEarned(amount)) },
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
    found: await ifAvailable(async () => {
      const read = await readPages((cursor) => bodyOf(client.slots.$get({ query: { limit: PAGE, ...cursor } })), pages.peek());
      const query = { fromSlot: String(read.items.at(-1)?.slot ?? 0), limit: String(Math.max(1, read.items.length)) };
      const settled = await bodyOf(client.settlements.$get({ query }));
      return { ...read, items: withAmounts(read.items, settled.items) };
    }),
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
