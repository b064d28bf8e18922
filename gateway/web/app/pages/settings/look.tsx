/**
 * Light, dark, or as the system says.
 * @module
 */
import { Card } from "../../components/card.tsx";
import { texts } from "../../texts.ts";
import { setTheme, theme, THEMES } from "../../theme.ts";

export function LookSection() {
  const words = texts.settings.look;
  return (
    <Card title={words.theme}>
      <div class="stack">
        <div class="segments" role="group" aria-label={words.theme}>
          {THEMES.map((one) => (
            <button key={one} type="button" class="segment" aria-pressed={one === theme.value} onClick={() => setTheme(one)}>
              {words.themes[one]}
            </button>
          ))}
        </div>
        <p class="muted">{words.detail}</p>
      </div>
    </Card>
  );
}
