/**
 * Which home this is, whether the page is live, and the choice of light or dark.
 * @module
 */
import type { Model } from "../model.ts";
import { texts } from "../texts.ts";
import { nextTheme, theme } from "../theme.ts";

const MARKS = { auto: "◐", light: "☀", dark: "☾" };

export function Header({ model }: { model: Model }) {
  const node = model.node.value;
  const connection = model.connection.value;
  const label = texts.theme[theme.value];
  return (
    <header class="header">
      <img src="/icon.svg" alt="" width="40" height="40" />
      <div class="header-name">
        <h1>{node?.name ?? "DAISEE"}</h1>
        {node !== null && <p>{texts.roles[node.role]}</p>}
      </div>
      <span class={`live live-${connection}`} role="status">
        {texts.connection[connection]}
      </span>
      <button type="button" class="icon-button" aria-label={label} title={label} onClick={nextTheme}>
        {MARKS[theme.value]}
      </button>
    </header>
  );
}
