/**
 * What an energy provider asks for.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { publicId, shownName } from "./access.ts";
import { hash, integer } from "./fields.ts";

/** A price per kWh in millionths of the currency, so that 0.2276 €/kWh is 227,600. */
const microPerKwh = integer.min(-1_000_000_000).max(1_000_000_000);
const micro = integer.min(0).max(1_000_000_000_000);
export const localDate = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, "expected a date such as 2026-03-29")
  .openapi({ example: "2026-01-01" });
const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "expected a time of day such as 22:30")
  .openapi({ example: "22:30" });
export const timeZone = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+)*$/, "expected an IANA time zone such as Europe/Paris")
  .openapi({ example: "Europe/Paris" });

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

const band = z
  .strictObject({
    name: shownName.openapi({ example: "off-peak" }),
    importMicroPerKwh: microPerKwh.openapi({ description: "Price of what is drawn." }),
    exportMicroPerKwh: microPerKwh.openapi({ description: "Paid for what is given." }),
    windows: z
      .array(
        z.strictObject({
          from: timeOfDay,
          to: timeOfDay.openapi({ description: "Left out itself. At or before `from`: on the next day; 00:00 to 00:00 is the whole day." }),
          weekdays: z
            .array(z.enum(WEEKDAYS))
            .min(1)
            .optional()
            .openapi({ description: "On which the window begins; every day when left out." }),
        }),
      )
      .max(24)
      .openapi({ description: "When it holds, by the clock on the wall. None: always, unless another band holds." }),
  })
  .openapi("TariffBand");

export const newTariff = z
  .strictObject({
    name: shownName.openapi({ example: "City power, day and night" }),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, "expected a currency such as EUR (ISO 4217)")
      .openapi({ example: "EUR" }),
    timeZone,
    validFrom: localDate.openapi({ description: "The first day on which it holds, until another one's." }),
    bands: z
      .array(band)
      .min(1)
      .max(12)
      .refine(
        (bands) => bands.filter(({ windows }) => windows.length === 0).length === 1,
        "expected exactly one band without windows: what holds otherwise",
      )
      .refine((bands) => new Set(bands.map(({ name }) => name)).size === bands.length, "expected each band's name once")
      .openapi({ description: "The first one with a window that holds counts." }),
    fixed: z.strictObject({ micro, per: z.enum(["day", "month"]) }).openapi({
      description: "What is to be paid without drawing anything, in millionths of the currency. A month's is spread over its days.",
    }),
    subscribedPowerW: integer
      .min(1)
      .max(10_000_000)
      .nullable()
      .openapi({ description: "Power that was subscribed to; what goes above it is told." }),
    meters: z.array(hash).max(64).openapi({ description: "Meters (their ids) that it bills. None: every meter of kind load." }),
  })
  .openapi("NewTariff");
export type NewTariff = z.infer<typeof newTariff>;

export const tariff = z.strictObject({ tariffId: publicId, ...newTariff.shape }).openapi("Tariff");
export type Tariff = z.infer<typeof tariff>;
export const tariffList = z
  .strictObject({ items: z.array(tariff) })
  .openapi("TariffList", { description: "By `validFrom`, oldest first." });
