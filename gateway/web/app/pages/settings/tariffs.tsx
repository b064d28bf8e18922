/**
 * What the energy provider asks for.
 * @module
 */
import { useSignal } from "@preact/signals";
import { bodyOf } from "#gateway/api/client.ts";
import type { Tariff } from "#gateway/api/schemas/tariffs.ts";
import { useApp } from "../../app.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Guarded } from "../../components/guarded.tsx";
import { Empty, Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { useResource } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { dateIn } from "../neighbours/range.ts";
import { Remove } from "./remove.tsx";
import { TariffEditor } from "./tariff-editor.tsx";
import { emptyTariff, microText, type TariffForm, tariffFormOf } from "./tariff-form.ts";

function priceWords({ bands, currency }: Tariff): string {
  const words = texts.settings.tariffs;
  return bands.map(({ name, importMicroPerKwh }) => words.band(name, `${microText(importMicroPerKwh)} ${currency}`)).join(", ");
}

export function TariffsSection() {
  const { client, model, session } = useApp();
  const words = texts.settings.tariffs;
  const edited = useSignal<{ tariff: Tariff | null; initial: TariffForm } | null>(null);
  const tariffs = useResource(() => bodyOf(client.tariffs.$get()));
  const reload = () => void tariffs.reload();
  async function add(): Promise<void> {
    const { timeZone } = await bodyOf(client.storage.settings.$get());
    edited.value = { tariff: null, initial: emptyTariff(timeZone, dateIn(timeZone, model.nowUtcMs.peek())) };
  }
  const shown: Column<Tariff>[] = [
    { name: words.columns.name, cell: ({ name }) => name },
    { name: words.columns.from, cell: ({ validFrom }) => validFrom },
    { name: words.columns.bands, cell: priceWords },
    { name: words.columns.fixed, cell: ({ fixed, currency }) => `${microText(fixed.micro)} ${currency} ${words.per[fixed.per]}` },
  ];
  const change: Column<Tariff> = {
    name: words.columns.change,
    cell: (tariff) => (
      <span class="order-buttons">
        <Button kind="quiet" label={words.changeOf(tariff.name)} onClick={() => (edited.value = { tariff, initial: tariffFormOf(tariff) })}>
          {words.change}
        </Button>
        <Remove
          label={words.removeOf(tariff.name)}
          remove={() => bodyOf(client.tariffs[":tariffId"].$delete({ param: { tariffId: tariff.tariffId } }))}
          onRemoved={reload}
        />
      </span>
    ),
  };
  return (
    <Card title={words.title}>
      <div class="stack">
        <p class="muted">{words.detail}</p>
        <Loaded resource={tariffs}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty>{words.none}</Empty>
            ) : (
              <Table
                caption={words.title}
                columns={session.can("admin") ? [...shown, change] : shown}
                rows={items}
                keyOf={({ tariffId }) => tariffId}
              />
            )
          }
        </Loaded>
        <Guarded scope="admin">
          <div>
            <Button kind="primary" onClick={() => void add()}>
              {words.add}
            </Button>
          </div>
        </Guarded>
      </div>
      {edited.value !== null && (
        <TariffEditor initial={edited.value.initial} tariff={edited.value.tariff} onSaved={reload} onClose={() => (edited.value = null)} />
      )}
    </Card>
  );
}
