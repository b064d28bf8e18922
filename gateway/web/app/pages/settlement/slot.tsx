/**
 * One slot: what the meters counted, what it cost or earned this home, from whom and why, and where on the chain that is.
 * @module
 */
import { bodyOf } from "#gateway/api/client.ts";
import type { Settlement, SettlementLine, Slot } from "#gateway/api/schemas/trade.ts";
import { useApp } from "../../app.ts";
import { coins } from "../../coins.ts";
import { Card } from "../../components/card.tsx";
import { Hash } from "../../components/hash.tsx";
import { Empty, Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { energy, timeOf } from "../../format.ts";
import { useResource } from "../../resource.ts";
import { href } from "../../router.ts";
import { texts } from "../../texts.ts";
import { Fact } from "../chain/status.tsx";
import { busMeters, counted } from "./bus.ts";
import { paidOrEarned } from "./money.ts";
import { SlotState } from "./state.tsx";

type NameOf = (node: number) => string;

function columnsWith(nameOf: NameOf): Column<SettlementLine>[] {
  const { lineColumns: names, why, coinAmount, perKwh } = texts.settlement;
  return [
    { name: names.seller, cell: ({ seller }) => nameOf(seller) },
    { name: names.buyer, cell: ({ buyer }) => nameOf(buyer) },
    { name: names.energy, isNumber: true, cell: ({ energyMwh }) => (energyMwh === null ? texts.common.noValue : energy(energyMwh)) },
    { name: names.price, isNumber: true, cell: ({ pricePerKwh }) => (pricePerKwh === null ? texts.common.noValue : perKwh(coins(pricePerKwh))) },
    { name: names.amount, isNumber: true, cell: ({ amount }) => coinAmount(coins(amount)) },
    { name: names.why, cell: (line) => why[line.why] },
  ];
}

function Lines({ settlement, nameOf }: { settlement: Settlement | null; nameOf: NameOf }) {
  const words = texts.settlement;
  return (
    <Card title={words.settled}>
      {settlement === null ? (
        <Empty>{words.notSettled}</Empty>
      ) : (
        <>
          <p class="figure">
            <strong>{paidOrEarned(settlement.amount)}</strong>
          </p>
          {settlement.lines.length > 0 && (
            <Table caption={words.settled} columns={columnsWith(nameOf)} rows={settlement.lines} keyOf={(line) => JSON.stringify(line)} />
          )}
          <dl class="facts">
            <Fact name={words.facts.transaction}>
              <Hash hash={settlement.transactionHash} />
            </Fact>
            <Fact name={words.facts.block}>{settlement.blockNumber}</Fact>
          </dl>
        </>
      )}
    </Card>
  );
}

function SlotFacts({ slot, nowMs }: { slot: Slot; nowMs: number }) {
  const { model } = useApp();
  const words = texts.settlement;
  const { importMwh, exportMwh } = counted(slot, busMeters(model.boards.value));
  return (
    <Card title={words.slot(slot.slot)} aside={<SlotState state={slot.state} />}>
      <p class="muted">{words.slotHelp[slot.state]}</p>
      <dl class="facts">
        <Fact name={words.slotColumns.time}>
          {timeOf(slot.startUtcMs, nowMs)} – {timeOf(slot.endUtcMs, nowMs)}
        </Fact>
        <Fact name={words.slotColumns.drawn}>{energy(importMwh)}</Fact>
        <Fact name={words.slotColumns.given}>{energy(exportMwh)}</Fact>
        <Fact name={words.slotColumns.batch}>
          {slot.batchNumber === null ? (
            <span class="muted">{words.noBatchYet}</span>
          ) : (
            <a href={href("settlement", ["batches", String(slot.batchNumber)])}>{words.batch(slot.batchNumber)}</a>
          )}
        </Fact>
      </dl>
    </Card>
  );
}

export function SlotPage({ number }: { number: number }) {
  const { client, model } = useApp();
  const bounds = { fromSlot: String(number), toSlot: String(number + 1) };
  const read = useResource(
    async () => {
      const [slot, settlements] = await Promise.all([
        bodyOf(client.slots[":slot"].$get({ param: { slot: String(number) } })),
        bodyOf(client.settlements.$get({ query: { ...bounds, limit: "1" } })),
      ]);
      return { slot, settlement: settlements.items[0] ?? null };
    },
    { key: String(number), follow: (shown, { name, data }) => (name === "settlement" && data.slot === number ? { ...shown, settlement: data } : shown) },
  );
  const node = model.node.value;
  const nameOf = (one: number) => (one === node?.id ? node.name : texts.common.home(one));
  return (
    <>
      <p>
        <a href={href("settlement")}>← {texts.settlement.back}</a>
      </p>
      <Loaded resource={read}>
        {({ slot, settlement }) => (
          <>
            <SlotFacts slot={slot} nowMs={model.nowUtcMs.value} />
            <Lines settlement={settlement} nameOf={nameOf} />
          </>
        )}
      </Loaded>
    </>
  );
}
