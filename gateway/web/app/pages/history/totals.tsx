/**
 * What a time came to in all, beside the time before.
 * @module
 */
import { texts } from "../../texts.ts";

export interface Total {
  name: string;
  /** A colour of the theme. */
  color: string | null;
  value: number;
  /** Of the period before; null when nothing is known of it. */
  before: number | null;
  text: (value: number) => string;
}

/** "+12 %", "−3 %", "as much". */
function changeOf(value: number, before: number): string {
  const words = texts.history;
  const change = before === 0 ? (value === 0 ? 0 : 100) : Math.round((100 * (value - before)) / Math.abs(before));
  return change === 0 ? words.same : change > 0 ? words.more(String(change)) : words.less(String(-change));
}

export function Totals({ totals }: { totals: readonly Total[] }) {
  return (
    <dl class="totals">
      {totals.map(({ name, color, value, before, text }) => (
        <div key={name}>
          <dt>
            {color !== null && <i class="swatch" style={{ background: `var(${color})` }} />}
            {name}
          </dt>
          <dd>
            <strong>{text(value)}</strong>
            <span class="muted">{before === null ? texts.history.beforeUnknown : texts.history.before(text(before), changeOf(value, before))}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
