/**
 * Places or changes an order, and shows what it would have meant in the last week.
 * @module
 */
import { useSignal } from "@preact/signals";
import { bodyOf } from "#gateway/api/client.ts";
import type { Node } from "#gateway/api/schemas/node.ts";
import type { Order } from "#gateway/api/schemas/trade.ts";
import { useApp } from "../../app.ts";
import { coins } from "../../coins.ts";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Field, Select } from "../../components/field.tsx";
import { ErrorNote, Loaded } from "../../components/states.tsx";
import { energy } from "../../format.ts";
import { useAction, useResource } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { emptyForm, formOf, type OrderForm, orderOf } from "./order-form.ts";
import { type Metered, previewOf } from "./preview.ts";
import { lastWeek } from "./week.ts";

function Preview({ form, metered, slotMs }: { form: OrderForm; metered: readonly Metered[]; slotMs: number }) {
  const words = texts.neighbours.preview;
  const read = orderOf(form);
  const { side } = form;
  // Without a price the energy can be told already.
  const order = "order" in read ? read.order : { side, pricePerKwh: "0", maxSlotMwh: null };
  const preview = previewOf({ ...order, pricePerKwh: BigInt(order.pricePerKwh) }, metered, slotMs);
  if (preview.times === 0) return <p>{words.nothing[side]}</p>;
  return (
    <>
      <p>{words.covered[side](energy(preview.coveredMwh), energy(preview.meteredMwh))}</p>
      {"order" in read && <p>{words.amount[side](coins(preview.amount))}</p>}
      {preview.limitedTimes > 0 && <p>{words.limited(preview.limitedTimes, preview.times)}</p>}
      <p class="muted">{words.bound}</p>
    </>
  );
}

export interface OrderEditorProps {
  node: Node;
  /** Which one is changed; null for a new one. */
  order: Order | null;
  /** Homes that may be preferred. */
  others: readonly { node: number; name: string }[];
  onPlaced: (order: Order) => void;
  onClose: () => void;
}

export function OrderEditor({ node, order, others, onPlaced, onClose }: OrderEditorProps) {
  const { client, model } = useApp();
  const words = texts.neighbours.editor;
  const form = useSignal<OrderForm>(order === null ? emptyForm(node.role) : formOf(order));
  const wasSent = useSignal(false);
  const week = useResource(() => lastWeek(client, model.boards.peek(), model.nowUtcMs.peek()));
  const read = orderOf(form.value);
  const errors = "errors" in read ? read.errors : { price: false, most: false };
  const change = (part: Partial<OrderForm>) => (form.value = { ...form.value, ...part });

  const place = useAction(async () => {
    const now = orderOf(form.peek());
    if (!("order" in now)) return;
    if (order === null) onPlaced(await bodyOf(client.orders.$post({ json: now.order })));
    else {
      const param = { orderId: order.orderId };
      const current = await client.orders[":orderId"].$get({ param });
      const headers = { "If-Match": current.headers.get("ETag") ?? "*" };
      onPlaced(await bodyOf(client.orders[":orderId"].$put({ param, json: now.order }, { headers })));
    }
    onClose();
  });

  function submit(event: Event): void {
    event.preventDefault();
    wasSent.value = true;
    if ("order" in orderOf(form.peek())) void place.run();
  }

  const { side } = form.value;
  const preferred = [{ value: "", text: words.anybody }, ...others.map(({ node: number, name }) => ({ value: String(number), text: name }))];
  return (
    <Dialog title={order === null ? words.title : words.changeTitle} onClose={onClose}>
      <form class="form" noValidate onSubmit={submit}>
        <Select
          label={words.side}
          value={side}
          options={[
            { value: "bid", text: words.bid },
            { value: "ask", text: words.ask },
          ]}
          onChange={(value) => change({ side: value })}
        />
        <Field
          label={words.price[side]}
          unit={words.priceUnit}
          value={form.value.price}
          error={errors.price && (wasSent.value || form.value.price !== "") ? words.priceWrong : null}
          onInput={(price) => change({ price })}
          input={{ inputmode: "decimal", autocomplete: "off" }}
        />
        <Field
          label={words.most}
          unit={words.mostUnit}
          help={words.mostHelp}
          value={form.value.most}
          error={errors.most ? words.mostWrong : null}
          onInput={(most) => change({ most })}
          input={{ inputmode: "decimal", autocomplete: "off" }}
        />
        {side === "bid" && (
          <Select label={words.preferred} value={form.value.preferred} options={preferred} onChange={(value) => change({ preferred: value })} />
        )}
        <section class="preview" aria-live="polite">
          <h3>{texts.neighbours.preview.title}</h3>
          <Loaded resource={week}>{(metered) => <Preview form={form.value} metered={metered} slotMs={node.slotMs} />}</Loaded>
        </section>
        {place.error.value !== null && <ErrorNote message={place.error.value} />}
        <Button type="submit" kind="primary" isBusy={place.isRunning.value}>
          {order === null ? words.submit : words.change}
        </Button>
      </form>
    </Dialog>
  );
}
