/**
 * The storage's settings as they are typed, and what they say when they are right. Pure.
 * @module
 */

/** As the API has it (`storeSettings` of `gateway/api/schemas/storage.ts`). */
export interface StoreSettings {
  timeZone: string;
  packAfterDays: number;
  packUnbatchedAfterDays: number;
  keepReadingsMonths: number | null;
  keepMinutesDays: number | null;
  lowDiskBytes: number;
  fullDiskBytes: number;
}

export type DataForm = Record<keyof StoreSettings, string>;

const BYTES_PER_MIB = 1_048_576;

export function dataFormOf(settings: StoreSettings): DataForm {
  const optional = (value: number | null) => (value === null ? "" : String(value));
  return {
    timeZone: settings.timeZone,
    packAfterDays: String(settings.packAfterDays),
    packUnbatchedAfterDays: String(settings.packUnbatchedAfterDays),
    keepReadingsMonths: optional(settings.keepReadingsMonths),
    keepMinutesDays: optional(settings.keepMinutesDays),
    lowDiskBytes: String(Math.round(settings.lowDiskBytes / BYTES_PER_MIB)),
    fullDiskBytes: String(Math.round(settings.fullDiskBytes / BYTES_PER_MIB)),
  };
}

const whole = (text: string): number | null => (/^\s*\d{1,9}\s*$/.test(text) ? Number(text) : null);

/** The settings, or the names of the fields that are wrong. */
export function storeSettingsOf(form: DataForm): { settings: StoreSettings } | { wrong: (keyof DataForm)[] } {
  const optional = (text: string) => (text.trim() === "" ? undefined : whole(text));
  const packAfterDays = whole(form.packAfterDays);
  const packUnbatchedAfterDays = whole(form.packUnbatchedAfterDays);
  const keepReadingsMonths = optional(form.keepReadingsMonths);
  const keepMinutesDays = optional(form.keepMinutesDays);
  const lowDisk = whole(form.lowDiskBytes);
  const fullDisk = whole(form.fullDiskBytes);
  const read = { packAfterDays, packUnbatchedAfterDays, keepReadingsMonths, keepMinutesDays, lowDiskBytes: lowDisk, fullDiskBytes: fullDisk };
  if (packAfterDays === null || packUnbatchedAfterDays === null || keepReadingsMonths === null || keepMinutesDays === null || lowDisk === null || fullDisk === null) {
    // The names of an object literal.
    return { wrong: (Object.keys(read) as (keyof typeof read)[]).filter((name) => read[name] === null) };
  }
  const kept = { keepReadingsMonths: keepReadingsMonths ?? null, keepMinutesDays: keepMinutesDays ?? null };
  const disk = { lowDiskBytes: lowDisk * BYTES_PER_MIB, fullDiskBytes: fullDisk * BYTES_PER_MIB };
  return { settings: { timeZone: form.timeZone.trim(), packAfterDays, packUnbatchedAfterDays, ...kept, ...disk } };
}
