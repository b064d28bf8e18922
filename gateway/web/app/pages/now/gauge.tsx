/**
 * How full the battery is, with the limits at which the board switches.
 * @module
 */
import type { Board } from "#gateway/api/schemas/node.ts";
import { percent } from "../../format.ts";
import { texts } from "../../texts.ts";

interface Mark {
  permille: number;
  text: (limit: string) => string;
}

/** The limits that matter to a board's role. */
function marksOf({ role, policy }: Board): Mark[] {
  if (policy === null) return [];
  if (role === "consumer") {
    return [
      { permille: policy.lowPermille, text: texts.now.marks.low },
      { permille: policy.highPermille, text: texts.now.marks.high },
    ];
  }
  return [
    { permille: policy.reservePermille, text: texts.now.marks.reserve },
    { permille: policy.giveAbovePermille, text: texts.now.marks.giveAbove },
  ];
}

export function Gauge({ board }: { board: Board }) {
  const battery = board.meters.find(({ kind }) => kind === "battery");
  const permille = battery?.latestReading?.chargePermille ?? null;
  const marks = marksOf(board);
  const low = marks[0]?.permille ?? 0;
  return (
    <div class="gauge">
      <div class="gauge-head">
        <span>{texts.now.charge}</span>
        <strong>{permille === null ? texts.common.noValue : percent(permille)}</strong>
      </div>
      <div
        class="gauge-track"
        // A meter must have a value; without one, the head says so.
        {...(permille !== null && { role: "meter", "aria-label": texts.now.charge, "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": permille / 10 })}
      >
        <div class={`gauge-fill ${permille !== null && permille <= low ? "gauge-low" : ""}`} style={{ width: `${(permille ?? 0) / 10}%` }} />
        {marks.map((mark) => (
          <i class="gauge-mark" key={mark.permille} style={{ left: `${mark.permille / 10}%` }} />
        ))}
      </div>
      {marks.length > 0 && (
        <ul class="gauge-legend">
          {marks.map((mark) => (
            <li key={mark.permille}>{mark.text(percent(mark.permille))}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
