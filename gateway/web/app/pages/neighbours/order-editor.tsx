/**
 * Places or changes an order, and shows what it would have meant in the last week.
 * @module
 */
import { useSignal } from "@preact/signals";
import { bodyOf } from "#gateway/api/client.ts";
import type { Order } from "#gateway/api/schemas/trade.ts";
import { useApp } from "../../app.ts";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Field, Select } from "../../components/field.tsx";
import { ErrorNote } from "../../components/states.tsx";
import { useAction } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { emptyForm, formOf, MOST_PREFERRED, orderOf, type OrderForm, type Side, withPreferred } from "./order-form.ts";
import { Preview } from "./order-preview.tsx";

export interface Seller {
  node: number;
  /** With what it asks, where it sells. */
  name: string;
}

interface PreferredProps {
  preferred: readonly number[];
  sellers: readonly Seller[];
  onChange: (preferred: number[]) => void;
}

/** As many choices as are made, and one more. */
function Preferred({ preferred, sellers, onChange }: PreferredProps) {
  const words = texts.neighbours.editor;
  const places = Math.min(preferred.length + 1, MOST_PREFERRED, sellers.length);
  return (
    <>
      {Array.from({ length: places }, (_, place) => {
        const free = sellers.filter(({ node }) => node === preferred[place] || !preferred.includes(node));
        return (
          <Select
            key={place}
            label={words.preferred(place + 1)}
            value={String(preferred[place] ?? "")}
            options={[{ value: "", text: place === 0 ? words.anybody : words.nobodyElse }, ...free.map(({ node, name }) => ({ value: String(node), text: name }))]}
            onChange={(value) => onChange(withPreferred(preferred, place, value === "" ? null : Number(value)))}
          />
        );
      })}
    </>
  );
}

export interface OrderEditorProps {
  /** Which one is changed; or the side of a new one. */
  edited: Order | Side;
  /** Homes that may be preferred. */
  sellers: readonly Seller[];
  onPlaced: () => void;
  onClose: () => void;
}

export function OrderEditor({ edited, sellers, onPlaced, onClose }: OrderEditorProps) {
  const { client } = useApp();
  const words = texts.neighbours.editor;
  const order = typeof edited === "string" ? null : edited;
  const form = useSignal<OrderForm>(typeof edited === "string" ? emptyForm(edited) : formOf(edited));
  const wasSent = useSignal(false);
  const read = orderOf(form.value);
  const errors = "errors" in read ? read.errors : { price: false, most: false };
  const change = (part: Partial<OrderForm>) => (form.value = { ...form.value, ...part });

  const place = useAction(async () => {
    const now = orderOf(form.peek());
    if (!("order" in now)) return;
    if (order === null) await bodyOf(client.orders.$post({ json: now.order }));
    else {
      const param = { orderId: order.orderId };
      const current = await client.orders[":orderId"].$get({ param });
      const headers = { "If-Match": current.headers.get("ETag") ?? "*" };
      await bodyOf(client.orders[":orderId"].$put({ param, json: now.order }, { headers }));
    }
    onPlaced();
    onClose();
  });

  function submit(event: Event): void {
    event.preventDefault();
    wasSent.value = true;
    if ("order" in orderOf(form.peek())) void place.run();
  }

  const { side } = form.value;
  return (
    <Dialog title={(order === null ? words.title : words.changeTitle)[side]} onClose={onClose}>
      <form class="form" noValidate onSubmit={submit}>
        <p class="muted">{words.lead[side]}</p>
        <Field
          label={words.price[side]}
          unit={words.priceUnit}
          value={form.value.price}
          error={errors.price && (wasSent.value || form.value.price !== "") ? words.priceWrong : null}
          onInput={(price) => change({ price })}
          input={{ inputmode: "decimal", autocomplete: "off", autofocus: true }}
        />
        {side === "ask" && (
          <Field
            label={words.most}
            unit={words.mostUnit}
            help={words.mostHelp}
            value={form.value.most}
            error={errors.most ? words.mostWrong : null}
            onInput={(most) => change({ most })}
            input={{ inputmode: "decimal", autocomplete: "off" }}
          />
        )}
        {side === "bid" && <Preferred preferred={form.value.preferred} sellers={sellers} onChange={(preferred) => change({ preferred })} />}
        <Preview order={"order" in read ? read.order : null} />
        {place.error.value !== null && <ErrorNote message={place.error.value} />}
        <Button type="submit" kind="primary" isBusy={place.isRunning.value}>
          {order === null ? words.submit : words.change}
        </Button>
      </form>
    </Dialog>
  );
}
