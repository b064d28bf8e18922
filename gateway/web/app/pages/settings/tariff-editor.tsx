/**
 * Adds a tariff, or changes one.
 * @module
 */
import { useSignal } from "@preact/signals";
import { bodyOf } from "#gateway/api/client.ts";
import type { Tariff } from "#gateway/api/schemas/tariffs.ts";
import { useApp } from "../../app.ts";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Field, Select } from "../../components/field.tsx";
import { ErrorNote } from "../../components/states.tsx";
import { useAction } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { etagOf } from "./etag.ts";
import { type BandForm, newBand, saysMore, type TariffForm, tariffOf } from "./tariff-form.ts";

interface BandFieldsProps {
  band: BandForm;
  index: number;
  isLast: boolean;
  currency: string;
  isWrong: (field: string) => boolean;
  onChange: (change: Partial<BandForm>) => void;
  onRemove: () => void;
}

function BandFields({ band, index, isLast, currency, isWrong, onChange, onRemove }: BandFieldsProps) {
  const words = texts.settings.tariffs;
  const error = (field: string, message: string) => (isWrong(`${index}.${field}`) ? message : null);
  return (
    <fieldset>
      <legend>{words.bandTitle(index + 1)}</legend>
      <div class="fields">
        <Field label={words.bandName} value={band.name} error={error("name", words.nameWrong)} onInput={(name) => onChange({ name })} />
        <Field
          label={words.importPrice}
          unit={`${currency}/kWh`}
          value={band.importPrice}
          error={error("importPrice", words.priceWrong)}
          onInput={(importPrice) => onChange({ importPrice })}
          input={{ inputmode: "decimal" }}
        />
        <Field
          label={words.exportPrice}
          unit={`${currency}/kWh`}
          value={band.exportPrice}
          error={error("exportPrice", words.priceWrong)}
          onInput={(exportPrice) => onChange({ exportPrice })}
          input={{ inputmode: "decimal" }}
        />
        {!isLast && (
          <>
            <Field label={words.from} type="time" value={band.from} error={error("from", words.timeWrong)} onInput={(from) => onChange({ from })} />
            <Field label={words.to} type="time" value={band.to} error={error("to", words.timeWrong)} onInput={(to) => onChange({ to })} />
          </>
        )}
      </div>
      {isLast ? (
        <p class="muted">{words.otherwise}</p>
      ) : (
        <div>
          <Button kind="quiet" onClick={onRemove}>
            {words.removeBand}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

export interface TariffEditorProps {
  initial: TariffForm;
  /** Which one is changed; null for a new one. */
  tariff: Tariff | null;
  onSaved: () => void;
  onClose: () => void;
}

export function TariffEditor({ initial, tariff, onSaved, onClose }: TariffEditorProps) {
  const { client } = useApp();
  const words = texts.settings.tariffs;
  const form = useSignal(initial);
  const wasSent = useSignal(false);
  const read = tariffOf(form.value, tariff);
  const isWrong = (field: string) => wasSent.value && "wrong" in read && read.wrong.includes(field);
  const change = (part: Partial<TariffForm>) => (form.value = { ...form.value, ...part });
  const error = (field: string, message: string) => (isWrong(field) ? message : null);
  const { bands } = form.value;

  const save = useAction(async () => {
    const now = tariffOf(form.peek(), tariff);
    if (!("tariff" in now)) return;
    if (tariff === null) await bodyOf(client.tariffs.$post({ json: now.tariff }));
    else {
      const one = client.tariffs[":tariffId"];
      const param = { tariffId: tariff.tariffId };
      await bodyOf(one.$put({ param, json: now.tariff }, { headers: { "If-Match": await etagOf(one.$get({ param })) } }));
    }
    onSaved();
    onClose();
  });
  function submit(event: Event): void {
    event.preventDefault();
    wasSent.value = true;
    if ("tariff" in tariffOf(form.peek(), tariff)) void save.run();
  }

  return (
    <Dialog title={words.editorTitle} onClose={onClose}>
      <form class="form" noValidate onSubmit={submit}>
        <Field label={words.name} value={form.value.name} error={error("name", words.nameWrong)} onInput={(name) => change({ name })} />
        <div class="fields">
          <Field
            label={words.validFrom}
            type="date"
            value={form.value.validFrom}
            error={error("validFrom", words.dateWrong)}
            onInput={(validFrom) => change({ validFrom })}
          />
          <Field
            label={words.currency}
            value={form.value.currency}
            error={error("currency", words.currencyWrong)}
            onInput={(currency) => change({ currency: currency.toUpperCase() })}
            input={{ maxlength: 3 }}
          />
          <Field
            label={words.timeZone}
            value={form.value.timeZone}
            error={error("timeZone", words.nameWrong)}
            onInput={(timeZone) => change({ timeZone })}
          />
        </div>
        {bands.map((band, index) => (
          <BandFields
            key={index}
            band={band}
            index={index}
            isLast={index === bands.length - 1}
            currency={form.value.currency}
            isWrong={isWrong}
            onChange={(part) => change({ bands: bands.map((one, place) => (place === index ? { ...one, ...part } : one)) })}
            onRemove={() => change({ bands: bands.filter((_, place) => place !== index) })}
          />
        ))}
        <div>
          <Button kind="quiet" onClick={() => change({ bands: [...bands.slice(0, -1), newBand(), ...bands.slice(-1)] })}>
            {words.addBand}
          </Button>
        </div>
        <div class="fields">
          <Field
            label={words.fixed}
            unit={form.value.currency}
            value={form.value.fixed}
            error={error("fixed", words.priceWrong)}
            onInput={(fixed) => change({ fixed })}
            input={{ inputmode: "decimal" }}
          />
          <Select
            label={words.fixedPer}
            value={form.value.fixedPer}
            options={[
              { value: "month", text: words.per.month },
              { value: "day", text: words.per.day },
            ]}
            onChange={(fixedPer) => change({ fixedPer })}
          />
          <Field
            label={words.subscribed}
            unit="W"
            help={words.subscribedHelp}
            value={form.value.subscribed}
            error={error("subscribed", words.subscribedWrong)}
            onInput={(subscribed) => change({ subscribed })}
            input={{ inputmode: "numeric" }}
          />
        </div>
        {tariff !== null && saysMore(tariff) && <p class="muted">{words.kept}</p>}
        {save.error.value !== null && <ErrorNote message={save.error.value} />}
        <Button type="submit" kind="primary" isBusy={save.isRunning.value}>
          {words.submit}
        </Button>
      </form>
    </Dialog>
  );
}
