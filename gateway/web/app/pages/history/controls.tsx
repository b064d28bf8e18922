/**
 * What is shown, and of which time; every choice is a link that can be kept.
 * @module
 */
import { Button } from "../../components/button.tsx";
import { Field } from "../../components/field.tsx";
import { go, href } from "../../router.ts";
import { texts } from "../../texts.ts";
import { KINDS, moved, PERIODS, queryOf, withPeriod } from "./view.ts";
import type { View } from "./view.ts";

const linkTo = (view: View): string => href("history", [], queryOf(view));

function Choice({ label, items }: { label: string; items: readonly { text: string; to: View; isChosen: boolean }[] }) {
  return (
    <nav class="segments" aria-label={label}>
      {items.map(({ text, to, isChosen }) => (
        <a key={text} href={linkTo(to)} aria-current={isChosen ? "true" : undefined}>
          {text}
        </a>
      ))}
    </nav>
  );
}

export function Controls({ view }: { view: View }) {
  const words = texts.history;
  const isRange = view.period === "range";
  return (
    <div class="controls">
      <Choice label={words.what} items={KINDS.map((kind) => ({ text: words.kinds[kind], to: { ...view, kind }, isChosen: kind === view.kind }))} />
      <Choice label={words.period} items={PERIODS.map((period) => ({ text: words.periods[period], to: withPeriod(view, period), isChosen: period === view.period }))} />
      <div class="controls-time">
        <Button label={words.previous} onClick={() => go(linkTo(moved(view, -1)))}>
          ‹
        </Button>
        <Field
          label={words.from}
          type="date"
          value={view.from}
          onInput={(from) => from !== "" && go(linkTo(isRange ? { ...view, from } : withPeriod({ ...view, from }, view.period)), { replace: true })}
        />
        {isRange && <Field label={words.to} type="date" value={view.to} onInput={(to) => to !== "" && go(linkTo({ ...view, to }), { replace: true })} />}
        <Button label={words.next} onClick={() => go(linkTo(moved(view, 1)))}>
          ›
        </Button>
      </div>
    </div>
  );
}
