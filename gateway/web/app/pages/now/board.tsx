/**
 * One board: which supply it has closed and why, its power flow, its battery and its meters.
 * @module
 */
import type { Board } from "#gateway/api/schemas/node.ts";
import { duration, timeOf } from "../../format.ts";
import type { Model } from "../../model.ts";
import { texts } from "../../texts.ts";
import { Flow } from "./flow.tsx";
import { Gauge } from "./gauge.tsx";
import { MeterCard } from "./meter.tsx";

/** The relays as the freshest reading has them; null before the first. */
function closedRelays({ meters }: Board): readonly number[] | null {
  const readings = meters.flatMap(({ latestReading }) => latestReading ?? []);
  const freshest = readings.sort((a, b) => (b.endUtcMs ?? 0) - (a.endUtcMs ?? 0))[0];
  return freshest?.closedRelays ?? null;
}

function Relays({ board }: { board: Board }) {
  const closed = closedRelays(board);
  return (
    <ul class="relays">
      {texts.now.relays[board.role].map((purpose, index) => {
        const isClosed = closed?.includes(index + 1) ?? null;
        const state = isClosed === null ? texts.now.relayUnknown : isClosed ? texts.now.relayClosed : texts.now.relayOpen;
        return (
          <li key={purpose} class={isClosed ? "relay relay-closed" : "relay"}>
            <svg viewBox="0 0 36 16" width="36" height="16" aria-hidden="true">
              <path d={isClosed ? "M0 10H36" : "M0 10H10L25 2M26 10H36"} />
              <circle cx="10" cy="10" r="2.5" />
              <circle cx="26" cy="10" r="2.5" />
            </svg>
            <b>K{index + 1}</b> {purpose}: {state}
          </li>
        );
      })}
    </ul>
  );
}

export function BoardSection({ board, model }: { board: Board; model: Model }) {
  const nowMs = model.nowUtcMs.value;
  const event = board.latestEvent;
  const ageMs = board.newestUtcMs === null ? null : nowMs - board.newestUtcMs;
  const isFresh = ageMs !== null && ageMs <= board.silentAfterMs;
  return (
    <section class={isFresh ? "board" : "board board-stale"} aria-label={texts.now.board(board.name)}>
      <div class="section-head">
        <h2>{board.name}</h2>
        {ageMs !== null && <span class="muted">{texts.now.age(duration(ageMs))}</span>}
      </div>
      {/* Without a connection nobody can tell whether the board is silent. */}
      {!isFresh && model.connection.value === "live" && <p class="notice">{ageMs === null ? texts.now.neverHeard : texts.now.silent(duration(ageMs))}</p>}
      <div class="card now">
        <Flow board={board} />
        <div class="now-words">
          <p class={`reason reason-${board.source ?? "unknown"}`}>
            {event === null ? texts.now.noReason : texts.now.reason(event, event.utcMs === null ? null : timeOf(event.utcMs, nowMs))}
          </p>
          <Relays board={board} />
          <Gauge board={board} />
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
