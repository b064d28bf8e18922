/**
 * One board: which supply it has closed and why, its power flow, its battery and its meters.
 * @module
 */
import type { Board } from "#gateway/api/schemas/node.ts";
import { useApp } from "../../app.ts";
import { useCommands } from "../../commands.ts";
import { Badge } from "../../components/badge.tsx";
import type { Tone } from "../../components/badge.tsx";
import { Override } from "../../components/override.tsx";
import { useDiagnostics } from "../../diagnostics.ts";
import { duration, timeOf } from "../../format.ts";
import { billedMeters, tariffAt } from "../../mains.ts";
import { texts } from "../../texts.ts";
import { BatteryPace } from "./battery-pace.tsx";
import { boardState } from "./board-state.ts";
import type { BoardState } from "./board-state.ts";
import { FlowPicture } from "./flow.tsx";
import { Gauge } from "./gauge.tsx";
import { MeterCard } from "./meter.tsx";
import { powerOf } from "./power.ts";
import { Relays } from "./relays.tsx";

const TONES: Record<BoardState["kind"], Tone> = { online: "good", backlog: "info", silent: "warn", never: "warn", unknown: "quiet" };

function StateNote({ state, ageMs }: { state: BoardState; ageMs: number | null }) {
  if (state.kind === "backlog") return <p class="note">{texts.now.backlog(state.records)}</p>;
  if (state.kind === "never") return <p class="notice">{texts.now.neverHeard}</p>;
  if (state.kind === "silent" && ageMs !== null) return <p class="notice">{texts.now.silent(duration(ageMs))}</p>;
  return null;
}

export function BoardSection({ board }: { board: Board }) {
  const { model } = useApp();
  const commands = useCommands(board.boardId);
  const diagnostics = useDiagnostics(board);
  const nowMs = model.nowUtcMs.value;
  const event = board.latestEvent;
  const ageMs = board.newestUtcMs === null ? null : nowMs - board.newestUtcMs;
  const state = boardState(board, diagnostics.data.value?.newest ?? null, nowMs, model.connection.value === "live");
  const isFresh = ageMs !== null && ageMs <= board.silentAfterMs;
  const mains = billedMeters(tariffAt(model.tariffs.value, nowMs), board.meters);
  const charge = board.meters.find(({ kind }) => kind === "battery")?.latestReading?.chargePermille ?? null;
  return (
    <section class={isFresh ? "board" : "board board-stale"} aria-label={texts.now.board(board.name)}>
      <div class="section-head">
        <h2>
          {board.name} <Badge tone={TONES[state.kind]}>{texts.now.states[state.kind]}</Badge>
        </h2>
        {ageMs !== null && <span class="muted">{texts.now.age(duration(ageMs))}</span>}
      </div>
      <StateNote state={state} ageMs={ageMs} />
      <div class="card now">
        <FlowPicture picture={powerOf(board, mains)} charge={charge} />
        <div class="now-words">
          <p class={`reason reason-${board.source ?? "unknown"}`}>
            {event === null
              ? texts.now.noReason
              : texts.now.reason(event, event.utcMs === null ? null : timeOf(event.utcMs, nowMs), board.role, board.policy)}
          </p>
          <Relays board={board} />
          <div>
            <Gauge board={board} />
            <BatteryPace board={board} />
          </div>
          <details class="by-hand">
            <summary>{texts.now.override.title}</summary>
            <Override board={board} commands={commands.data.value ?? []} />
          </details>
        </div>
      </div>
      <div class="meters">
        {board.meters.map((meter) => (
          <MeterCard key={meter.meter} meter={meter} model={model} />
        ))}
      </div>
    </section>
  );
}
