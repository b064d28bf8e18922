/**
 * What is kept, how much room there is, and how long what is kept.
 * @module
 */
import { useSignal } from "@preact/signals";
import { bodyOf } from "#gateway/api/client.ts";
import { useApp } from "../../app.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Field } from "../../components/field.tsx";
import { Guarded } from "../../components/guarded.tsx";
import { ErrorNote, Loaded } from "../../components/states.tsx";
import { timeOf } from "../../format.ts";
import { useAction, useResource } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { Fact } from "../chain/status.tsx";
import { type DataForm, dataFormOf, type StoreSettings, storeSettingsOf } from "./data-form.ts";

const megabytes = (bytes: number): string => {
  const amount = new Intl.NumberFormat(texts.common.locale, { maximumFractionDigits: bytes < 10_000_000 ? 1 : 0 });
  return bytes < 1e10 ? `${amount.format(bytes / 1e6)} MB` : `${amount.format(bytes / 1e9)} GB`;
};

function StorageFacts() {
  const { client, model } = useApp();
  const words = texts.settings.data;
  const storage = useResource(() => bodyOf(client.storage.$get()));
  const number = new Intl.NumberFormat(texts.common.locale);
  return (
    <Loaded resource={storage}>
      {({ state, databaseBytes, freeBytes, readings, packedReadings, oldestReadingUtcMs }) => (
        <>
          {state !== "ok" && <p class="notice">{words.state[state]}</p>}
          <dl class="facts">
            <Fact name={words.facts.database}>{megabytes(databaseBytes)}</Fact>
            <Fact name={words.facts.free}>{megabytes(freeBytes)}</Fact>
            <Fact name={words.facts.readings}>{number.format(readings)}</Fact>
            <Fact name={words.facts.packed}>{number.format(packedReadings)}</Fact>
            <Fact name={words.facts.oldest}>
              {oldestReadingUtcMs === null ? texts.common.noValue : timeOf(oldestReadingUtcMs, model.nowUtcMs.value)}
            </Fact>
          </dl>
        </>
      )}
    </Loaded>
  );
}

interface Known {
  settings: StoreSettings;
  etag: string;
}

function SettingsForm({ known, onSaved }: { known: Known; onSaved: () => Promise<void> }) {
  const { client } = useApp();
  const words = texts.settings.data;
  const form = useSignal<DataForm>(dataFormOf(known.settings));
  const wasSaved = useSignal(false);
  const read = storeSettingsOf(form.value);
  const save = useAction(async () => {
    const now = storeSettingsOf(form.peek());
    if (!("settings" in now)) return;
    await bodyOf(client.storage.settings.$put({ json: now.settings }, { headers: { "If-Match": known.etag } }));
    await onSaved();
  });
  const field = (name: keyof DataForm, unit: string | undefined, help?: string) => ({
    label: { ...words, lowDiskBytes: words.lowDisk, fullDiskBytes: words.fullDisk }[name],
    value: form.value[name],
    error: "wrong" in read && read.wrong.includes(name) ? words.wrong : null,
    onInput: (value: string) => {
      wasSaved.value = false;
      form.value = { ...form.value, [name]: value };
    },
    ...(unit !== undefined && { unit }),
    ...(help !== undefined && { help }),
  });
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if ("settings" in read) wasSaved.value = await save.run();
  }
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <div class="fields">
        <Field {...field("timeZone", undefined, words.timeZoneHelp)} />
        <Field {...field("packAfterDays", words.days)} />
        <Field {...field("packUnbatchedAfterDays", words.days, words.packUnbatchedHelp)} />
        <Field {...field("keepReadingsMonths", words.months, words.forever)} />
        <Field {...field("keepMinutesDays", words.days, words.forever)} />
        <Field {...field("lowDiskBytes", words.megabytes)} />
        <Field {...field("fullDiskBytes", words.megabytes)} />
      </div>
      <p class="muted">{words.warning}</p>
      {save.error.value !== null && <ErrorNote message={save.error.value} />}
      <Button type="submit" kind="primary" isBusy={save.isRunning.value} disabled={"wrong" in read}>
        {words.submit}
      </Button>
      <p role="status">{wasSaved.value ? texts.settings.saved : ""}</p>
    </form>
  );
}

function Retention() {
  const { client } = useApp();
  const known = useResource<Known>(async () => {
    const answer = await client.storage.settings.$get();
    return { settings: await bodyOf(answer), etag: answer.headers.get("ETag") ?? "" };
  });
  return (
    <Loaded resource={known}>{(settings) => <SettingsForm known={settings} onSaved={() => known.reload()} />}</Loaded>
  );
}

export function DataSection() {
  return (
    <Card title={texts.settings.data.title}>
      <div class="stack">
        <p class="muted">{texts.settings.data.detail}</p>
        <StorageFacts />
        <Guarded scope="admin">
          <Retention />
        </Guarded>
      </div>
    </Card>
  );
}
