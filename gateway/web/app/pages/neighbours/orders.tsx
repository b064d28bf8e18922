/**
 * This home's standing orders; each is shown as pending until the chain confirmed it.
 * @module
 */
import { useSignal } from "@preact/signals";
import { bodyOf } from "#gateway/api/client.ts";
import type { Node } from "#gateway/api/schemas/node.ts";
import type { Order } from "#gateway/api/schemas/trade.ts";
import { useApp } from "../../app.ts";
import { ifAvailable } from "../../available.ts";
import { coins } from "../../coins.ts";
import { Badge, type Tone } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Guarded } from "../../components/guarded.tsx";
import { Empty, ErrorNote, Loaded, Pending } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { energy } from "../../format.ts";
import { useAction, useResource } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { OrderEditor, type Seller } from "./order-editor.tsx";
import { freeSide, type Side } from "./order-form.ts";

const TONES: Record<Order["state"], Tone> = { pending: "info", active: "good", cancelling: "info", cancelled: "quiet", refused: "warn" };

/** The orders with a newer word on one of them, newest first. Pure. */
export function withOrder(orders: readonly Order[], news: Order): Order[] {
  const isKnown = orders.some(({ orderId }) => orderId === news.orderId);
  return isKnown ? orders.map((one) => (one.orderId === news.orderId ? news : one)) : [news, ...orders];
}

function nameOfOrder({ side, pricePerKwh }: Order): string {
  const words = texts.neighbours;
  const price = coins(pricePerKwh);
  return `${words.sides[side].toLowerCase()} ${side === "ask" ? words.atLeast(price) : words.atMost(price)}`;
}

function State({ order: { state, reason, isWithdrawn, sinceSlot } }: { order: Order }) {
  const words = texts.neighbours;
  return (
    <span>
      <Badge tone={TONES[state]}>{words.orderStates[state]}</Badge>
      {isWithdrawn && <Badge tone="info">{words.withdrawn}</Badge>}
      {reason !== null && <span class="muted"> {reason}</span>}
      {reason === null && state === "active" && sinceSlot !== null && <span class="muted"> {words.sinceSlot(sinceSlot)}</span>}
    </span>
  );
}

interface RowActions {
  canChange: boolean;
  nameOf: (node: number) => string;
  onChange: (order: Order) => void;
  onCancel: (order: Order) => void;
}

function columnsWith({ canChange, nameOf, onChange, onCancel }: RowActions): Column<Order>[] {
  const words = texts.neighbours;
  const { orderColumns: names } = words;
  const columns: Column<Order>[] = [
    { name: names.side, cell: ({ side }) => words.sides[side] },
    { name: names.price, cell: ({ side, pricePerKwh }) => (side === "ask" ? words.atLeast : words.atMost)(coins(pricePerKwh)) },
    { name: names.most, isNumber: true, cell: ({ maxSlotMwh }) => (maxSlotMwh === null ? words.asMetered : energy(maxSlotMwh)) },
    { name: names.preferred, cell: ({ preferred }) => (preferred.length === 0 ? words.nobody : preferred.map(nameOf).join(", ")) },
    { name: names.state, cell: (order) => <State order={order} /> },
  ];
  if (!canChange) return columns;
  const change = (order: Order) =>
    order.state === "active" || order.state === "pending" ? (
      <span class="order-buttons">
        <Button kind="quiet" label={words.changeOf(nameOfOrder(order))} onClick={() => onChange(order)}>
          {words.change}
        </Button>
        <Button kind="quiet" label={words.cancelOf(nameOfOrder(order))} onClick={() => onCancel(order)}>
          {words.cancel}
        </Button>
      </span>
    ) : (
      texts.common.noValue
    );
  return [...columns, { name: names.change, cell: change }];
}

/** The other homes, with what they ask where they sell: those first, the cheapest first. */
function useSellers(node: Node, nameOf: (node: number) => string): readonly Seller[] {
  const { client, model } = useApp();
  const asks = useResource(async () => (await ifAvailable(() => bodyOf(client.exchange.sellers.$get())))?.items ?? []);
  const selling = (asks.data.value ?? []).filter((one) => one.node !== node.id);
  const others = model.neighbours.value.filter((one) => one.node !== node.id && !selling.some((seller) => seller.node === one.node));
  return [
    ...selling.map((one) => ({ node: one.node, name: texts.neighbours.editor.seller(nameOf(one.node), coins(one.pricePerKwh)) })),
    ...others.map((one) => ({ node: one.node, name: nameOf(one.node) })),
  ];
}

function NewOrder({ side, onNew }: { side: Side | null; onNew: (side: Side) => void }) {
  const words = texts.neighbours;
  if (side === null) return <p class="muted">{words.oneEach}</p>;
  return (
    <Guarded scope="control">
      <div>
        <Button kind="primary" onClick={() => onNew(side)}>
          {words.newOrder[side]}
        </Button>
      </div>
    </Guarded>
  );
}

export function Orders({ node, nameOf }: { node: Node; nameOf: (node: number) => string }) {
  const { client, session } = useApp();
  const words = texts.neighbours;
  const edited = useSignal<Order | Side | null>(null);
  const orders = useResource<{ items: Order[] | null }>(
    async () => ({ items: (await ifAvailable(() => bodyOf(client.orders.$get())))?.items ?? null }),
    {
      follow: (shown, message) =>
        message.name === "order" && shown.items !== null ? { items: withOrder(shown.items, message.data) } : shown,
    },
  );
  const cancel = useAction(async ({ orderId }: Order) => {
    await bodyOf(client.orders[":orderId"].$delete({ param: { orderId } }));
    await orders.reload();
  });
  const sellers = useSellers(node, nameOf);
  const columns = columnsWith({
    canChange: session.can("control"),
    nameOf,
    onChange: (order) => (edited.value = order),
    onCancel: (order) => void cancel.run(order),
  });
  return (
    <Card title={words.orders}>
      <p class="muted">{words.ordersDetail}</p>
      <Loaded resource={orders}>
        {({ items }) =>
          items === null ? (
            <Empty>{words.noExchange}</Empty>
          ) : (
            <div class="stack">
              {items.length === 0 ? (
                <Empty>{words.noOrders}</Empty>
              ) : (
                <Table caption={words.orders} columns={columns} rows={items} keyOf={({ orderId }) => orderId} />
              )}
              {items.some(({ state }) => state === "pending" || state === "cancelling") && <Pending>{words.orderPending}</Pending>}
              {cancel.error.value !== null && <ErrorNote message={cancel.error.value} />}
              <NewOrder side={freeSide(node.role, items)} onNew={(side) => (edited.value = side)} />
            </div>
          )
        }
      </Loaded>
      {edited.value !== null && (
        <OrderEditor edited={edited.value} sellers={sellers} onPlaced={() => void orders.reload()} onClose={() => (edited.value = null)} />
      )}
    </Card>
  );
}
