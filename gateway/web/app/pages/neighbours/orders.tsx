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
import { OrderEditor } from "./order-editor.tsx";

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
    { name: names.preferred, cell: ({ preferredNode }) => (preferredNode === null ? words.nobody : nameOf(preferredNode)) },
    {
      name: names.state,
      cell: ({ state, reason }) => (
        <span>
          <Badge tone={TONES[state]}>{words.orderStates[state]}</Badge> {reason !== null && <span class="muted">{reason}</span>}
        </span>
      ),
    },
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

export function Orders({ node, nameOf }: { node: Node; nameOf: (node: number) => string }) {
  const { client, session, model } = useApp();
  const words = texts.neighbours;
  const edited = useSignal<{ order: Order | null } | null>(null);
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
  const others = model.neighbours.value.flatMap((one) => (one.node === node.id ? [] : [{ node: one.node, name: nameOf(one.node) }]));
  const columns = columnsWith({
    canChange: session.can("control"),
    nameOf,
    onChange: (order) => (edited.value = { order }),
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
              <Guarded scope="control">
                <div>
                  <Button kind="primary" onClick={() => (edited.value = { order: null })}>
                    {words.newOrder}
                  </Button>
                </div>
              </Guarded>
            </div>
          )
        }
      </Loaded>
      {edited.value !== null && (
        <OrderEditor
          node={node}
          order={edited.value.order}
          others={others}
          onPlaced={() => void orders.reload()}
          onClose={() => (edited.value = null)}
        />
      )}
    </Card>
  );
}
