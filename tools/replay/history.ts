/**
 * What a home needed and what its sun gave, out of a gateway's history.
 *
 * A home's board meters its battery and the bus. What is left between them is the home's own need less its sun:
 * load − sun = bus − battery, each positive into the home or into the battery. Of the two only the difference is known, so a minute counts
 * either as need or as sun.
 * @module
 */
import { bodyOf } from "#gateway/api/client.ts";
import type { Client } from "#gateway/api/client.ts";
import type { Board } from "#gateway/api/schemas/node.ts";
import type { SeriesPoint } from "#gateway/api/schemas/series.ts";
import type { Sample } from "./recording.ts";

const DAY_MS = 86_400_000;

type Point = Pick<SeriesPoint, "startUtcMs" | "powerMw" | "voltageMv">;

/** One sample for each step that both meters cover. */
export function samplesOf(battery: readonly Point[], bus: readonly Point[]): Sample[] {
  const busAt = new Map(bus.map((point) => [point.startUtcMs, point]));
  const samples: Sample[] = [];
  for (const { powerMw, startUtcMs } of battery) {
    const other = busAt.get(startUtcMs);
    if (powerMw === null || other === undefined || other.powerMw === null) continue;
    const needMw = other.powerMw - powerMw;
    samples.push({ utcMs: startUtcMs, loadMw: Math.max(0, needMw), generationMw: Math.max(0, -needMw), busMv: other.voltageMv });
  }
  return samples;
}

/**
 * Asks a gateway for a board's last days, by the minute.
 * @throws when the board has no battery or no bus meter, or nothing was measured.
 */
export async function readHistory(client: Client, board: Board, days: number, onDay: (day: number) => void): Promise<Sample[]> {
  const battery = board.meters.find(({ kind }) => kind === "battery");
  const bus = board.meters.find(({ kind }) => kind === "bus");
  if (battery === undefined || bus === undefined) throw new Error(`${board.name} has no ${battery === undefined ? "battery" : "bus"} meter: give a CSV file instead`);
  const { nowUtcMs } = await bodyOf(client.node.$get());
  const samples: Sample[] = [];
  for (let day = days; day > 0; day--) {
    onDay(days - day + 1);
    const range = { fromUtcMs: String(Math.max(0, nowUtcMs - day * DAY_MS)), toUtcMs: String(nowUtcMs - (day - 1) * DAY_MS), resolution: "minute" as const, boardId: board.boardId };
    const [batteryDay, busDay] = await Promise.all([battery, bus].map(({ meter }) => bodyOf(client.series.$get({ query: { ...range, meter: String(meter) } }))));
    const before = samples.at(-1)?.utcMs ?? -1;
    samples.push(...samplesOf(batteryDay?.items ?? [], busDay?.items ?? []).filter(({ utcMs }) => utcMs > before));
  }
  if (samples.length < 2) throw new Error(`the gateway has no readings of ${board.name} in the last ${days} days`);
  return samples;
}
