/**
 * Values as they are written on the sheet and in lists.
 * @module
 */
import { orderNumber, partOf } from "./parts.ts";
import type { PartKey } from "./parts.ts";

function scaled(value: number, steps: readonly (readonly [factor: number, unit: string])[]): string {
  const [factor, unit] = steps.find(([step]) => value >= step) ?? steps.at(-1) ?? [1, ""];
  return `${Number((value / factor).toPrecision(4))}${unit}`;
}

/** What stands beside a part: "10k" and "1µ" for resistors and capacitors, the order number's short form for others. */
export function valueText(part: PartKey, value: number | null): string {
  const { kind, number, ratings } = partOf(part);
  if (kind === "resistor")
    return scaled(value ?? 0, [
      [1e6, "M"],
      [1e3, "k"],
      [1, "R"],
    ]);
  if (kind === "capacitor" || kind === "electrolytic")
    return scaled(value ?? 0, [
      [1e6, "m"],
      [1e3, "µ"],
      [1, "n"],
      [1e-3, "p"],
    ]);
  if (kind === "testPoint" || kind === "terminal" || kind === "lug" || kind === "button") return "";
  if (kind === "shunt") return `${(ratings.microohm ?? 0) / 1000}m`;
  if (kind === "npn") return "BC337-40";
  if (kind === "fuse") return part === "fuse5a" ? "5A" : "T1A";
  return orderNumber(part, value).replace(/-E3\/54$/, "") || number;
}
