/**
 * How long the battery lasts, or takes, at this pace.
 * @module
 */
import { bodyOf } from "#gateway/api/client.ts";
import type { Board } from "#gateway/api/schemas/node.ts";
import { useApp } from "../../app.ts";
import { roughly } from "../../format.ts";
import { useResource } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { paceOf } from "./pace.ts";
import type { ChargePoint } from "./pace.ts";

/** The past that the pace is taken from. */
const WINDOW_MS = 3_600_000;
const MINUTE_MS = 60_000;

export function BatteryPace({ board }: { board: Board }) {
  const { client, model } = useApp();
  const battery = board.meters.find(({ kind }) => kind === "battery");
  const minute = Math.floor(model.nowUtcMs.value / MINUTE_MS);
  const points = useResource(
    async (): Promise<ChargePoint[]> => {
      if (battery === undefined) return [];
      const toUtcMs = model.nowUtcMs.peek();
      const bounds = { fromUtcMs: String(Math.floor(toUtcMs - WINDOW_MS)), toUtcMs: String(Math.ceil(toUtcMs)) };
      const query = { boardId: board.boardId, meter: String(battery.meter), resolution: "minute" as const, ...bounds };
      const { items } = await bodyOf(client.series.$get({ query }));
      return items.flatMap(({ endUtcMs, chargePermille }) => (chargePermille === null ? [] : [{ utcMs: endUtcMs, permille: chargePermille }]));
    },
    { again: minute },
  );
  const pace = paceOf(points.data.value ?? [], board.role, board.policy);
  const words = texts.now.pace;
  if (battery === undefined) return null;
  const text =
    pace === null || pace === "steady"
      ? words[pace ?? "unknown"]
      : words.sentence(pace.slice(0, 2).map(({ goal, ms }) => words.goals[goal](roughly(ms))));
  return <p class="muted pace">{text}</p>;
}
