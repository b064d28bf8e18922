/**
 * The board's relays as switches: which is closed.
 * @module
 */
import type { Board } from "#gateway/api/schemas/node.ts";
import { texts } from "../../texts.ts";

/** The relays as the freshest reading has them; null before the first. */
function closedRelays({ meters }: Board): readonly number[] | null {
  const readings = meters.flatMap(({ latestReading }) => latestReading ?? []);
  const freshest = readings.sort((a, b) => (b.endUtcMs ?? 0) - (a.endUtcMs ?? 0))[0];
  return freshest?.closedRelays ?? null;
}

export function Relays({ board }: { board: Board }) {
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
