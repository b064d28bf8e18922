/**
 * What an energy provider asks for, as the cost of energy is counted by it. Prices are whole millionths of the currency per kWh.
 * @module
 */

export const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** A time by the clock on the wall; `to` is left out itself, and at or before `from` it is on the next day. "22:30". */
export interface Window {
  from: string;
  to: string;
  /** On which it begins; every day when left out. */
  weekdays?: Weekday[] | undefined;
}

export interface Band {
  name: string;
  importMicroPerKwh: number;
  exportMicroPerKwh: number;
  /** None: it holds whenever no other one does. */
  windows: Window[];
}

export interface Tariff {
  tariffId: string;
  name: string;
  /** ISO 4217. */
  currency: string;
  /** IANA name. */
  timeZone: string;
  /** Local date of the first day. */
  validFrom: string;
  /** The first one with a window that holds counts; one has no windows. */
  bands: Band[];
  fixed: { micro: number; per: "day" | "month" };
  subscribedPowerW: number | null;
  /** Ids of the meters that it bills; none: every meter of kind load. */
  meters: string[];
}
