/**
 * What the elements of tscircuit have in common.
 * @module
 */
import { createElement } from "react";
import type { ReactElement } from "react";
import { HEADER } from "../module.ts";
import { partOf } from "../parts.ts";
import type { PlacedPart } from "../sheet/sketch.ts";

/** The tool knows its element types at run time only. */
export const element = createElement as (type: string, props: Record<string, unknown>, ...children: unknown[]) => ReactElement;

/** Number of a pin: its place among the part's leads, or on the module's headers. */
export function pinNumber(placed: Pick<PlacedPart, "part" | "ref">, pin: string): number {
  const { kind, pins } = partOf(placed.part);
  const number = kind === "module" ? HEADER[pin] : pins.indexOf(pin) + 1;
  if (!number) throw new Error(`${placed.ref} has no pin ${pin}`);
  return number;
}

/** Net names as tscircuit takes them: it wants no digit first. */
export const netName = (net: string): string => (/^\d/.test(net) ? `N${net}` : net);
