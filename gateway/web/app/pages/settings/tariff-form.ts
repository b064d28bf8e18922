/**
 * A tariff as it is typed, and what it says when it is right. Pure; money is in millionths of the currency.
 * @module
 */
import type { NewTariff } from "#gateway/api/schemas/tariffs.ts";

export interface BandForm {
  name: string;
  importPrice: string;
  exportPrice: string;
  /** Times of day; both empty: it holds whenever no other one does. */
  from: string;
  to: string;
}

export interface TariffForm {
  name: string;
  currency: string;
  timeZone: string;
  validFrom: string;
  fixed: string;
  fixedPer: "day" | "month";
  /** W; empty for none. */
  subscribed: string;
  /** The last one is the one that holds otherwise. */
  bands: BandForm[];
}

const MICRO = 1_000_000;

/** Millionths of an amount such as "0.2276" or "0,2276"; null when it is none. */
export function parseMicro(text: string): number | null {
  const [, sign, whole, places = ""] = /^\s*([-−]?)(\d{1,6})(?:[.,](\d{1,6}))?\s*$/.exec(text) ?? [];
  if (whole === undefined) return null;
  const micro = Number(whole) * MICRO + Number(places.padEnd(6, "0"));
  return sign === "" ? micro : -micro;
}

/** As {@link parseMicro} reads it, with two places at least. */
export function microText(micro: number): string {
  const places = String(Math.abs(micro) % MICRO).padStart(6, "0").replace(/0{1,4}$/, "");
  return `${micro < 0 ? "-" : ""}${Math.trunc(Math.abs(micro) / MICRO)}.${places}`;
}

const BAND: BandForm = { name: "", importPrice: "", exportPrice: "0.00", from: "", to: "" };
export const newBand = (): BandForm => ({ ...BAND, from: "22:00", to: "06:00" });

export function emptyTariff(timeZone: string, today: string): TariffForm {
  const fixed = { fixed: "0.00", fixedPer: "month", subscribed: "" } as const;
  return { name: "", currency: "EUR", timeZone, validFrom: today, ...fixed, bands: [{ ...BAND, name: "standard" }] };
}

const hasWindows = (band: NewTariff["bands"][number]): boolean => band.windows.length > 0;

export function tariffFormOf(tariff: NewTariff): TariffForm {
  const ordered = [...tariff.bands.filter(hasWindows), ...tariff.bands.filter((band) => !hasWindows(band))];
  return {
    name: tariff.name,
    currency: tariff.currency,
    timeZone: tariff.timeZone,
    validFrom: tariff.validFrom,
    fixed: microText(tariff.fixed.micro),
    fixedPer: tariff.fixed.per,
    subscribed: tariff.subscribedPowerW === null ? "" : String(tariff.subscribedPowerW),
    bands: ordered.map(({ name, importMicroPerKwh, exportMicroPerKwh, windows }) => ({
      name,
      importPrice: microText(importMicroPerKwh),
      exportPrice: microText(exportMicroPerKwh),
      from: windows[0]?.from ?? "",
      to: windows[0]?.to ?? "",
    })),
  };
}

/** Whether a tariff says more than the form shows; that is then kept. */
export function saysMore({ bands, meters }: NewTariff): boolean {
  return meters.length > 0 || bands.some(({ windows }) => windows.length > 1 || windows.some(({ weekdays }) => weekdays !== undefined));
}

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/** A field by its place: "currency", or "2.from" for the third band. */
export type FieldName = string;

/**
 * The tariff, or the fields that are wrong.
 * @param before what is changed: weekdays, further windows and meters, which the form does not show, stay as they are there.
 */
export function tariffOf(form: TariffForm, before: NewTariff | null): { tariff: NewTariff } | { wrong: FieldName[] } {
  const wrong: FieldName[] = [];
  const need = <Value>(value: Value | null, name: FieldName, instead: Value): Value => {
    if (value !== null) return value;
    wrong.push(name);
    return instead;
  };
  const text = (value: string) => (value.trim() === "" ? null : value.trim());
  const bands = form.bands.map((band, index) => {
    const isLast = index === form.bands.length - 1;
    const name = need(text(band.name), `${index}.name`, "");
    const old = before?.bands.find((one) => one.name === name)?.windows ?? [];
    const time = (value: string, end: "from" | "to") => need(TIME.test(value) ? value : null, `${index}.${end}`, "00:00");
    const windows = isLast ? [] : [{ ...old[0], from: time(band.from, "from"), to: time(band.to, "to") }, ...old.slice(1)];
    return {
      name,
      importMicroPerKwh: need(parseMicro(band.importPrice), `${index}.importPrice`, 0),
      exportMicroPerKwh: need(parseMicro(band.exportPrice), `${index}.exportPrice`, 0),
      windows,
    };
  });
  const fixedMicro = parseMicro(form.fixed);
  const tariff: NewTariff = {
    name: need(text(form.name), "name", ""),
    currency: need(/^[A-Z]{3}$/.test(form.currency.trim()) ? form.currency.trim() : null, "currency", "EUR"),
    timeZone: need(text(form.timeZone), "timeZone", "UTC"),
    validFrom: need(/^\d{4}-\d{2}-\d{2}$/.test(form.validFrom) ? form.validFrom : null, "validFrom", "1970-01-02"),
    bands,
    fixed: { micro: need(fixedMicro !== null && fixedMicro >= 0 ? fixedMicro : null, "fixed", 0), per: form.fixedPer },
    subscribedPowerW: form.subscribed.trim() === "" ? null : need(/^[1-9]\d{0,6}$/.test(form.subscribed.trim()) ? Number(form.subscribed) : null, "subscribed", 0),
    meters: before?.meters ?? [],
  };
  return wrong.length > 0 ? { wrong } : { tariff };
}
