/**
 * The signs in the picture of flows, each around (0, 0).
 * @module
 */
import type { Place } from "./power.ts";

const ICONS: Record<Exclude<Place, "battery">, string> = {
  sun: "M8 0A8 8 0 1 1 -8 0A8 8 0 1 1 8 0M0 -13V-17M0 13V17M13 0H17M-13 0H-17M9.2 -9.2L12 -12M-9.2 9.2L-12 12M9.2 9.2L12 12M-9.2 -9.2L-12 -12",
  mains: "M-12 18L-4 -16H4L12 18M-15 -8H15M-12 -2H12M-7 0L9 10M7 0L-9 10",
  bus: "M-21 3l9 -8l9 8M-18 0v12h12v-12M3 3l9 -8l9 8M6 0v12h12v-12M-6 -11h12M-6 -16h12",
  load: "M-6 -16V-8M6 -16V-8M-11 -8H11V-1A11 11 0 0 1 -11 -1ZM0 10V17",
};

export function Icon({ place }: { place: Exclude<Place, "battery"> }) {
  return <path class="icon-stroke" d={ICONS[place]} />;
}

export function BatteryIcon({ permille }: { permille: number | null }) {
  const height = 26 * ((permille ?? 0) / 1000);
  return (
    <>
      <rect class="icon-stroke" x="-10" y="-14" width="20" height="32" rx="4" />
      <path class="icon-stroke" d="M-4 -18h8" />
      <rect class="icon-fill" x="-7" y={15 - height} width="14" height={height} rx="1.5" />
    </>
  );
}
