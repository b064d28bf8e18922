/**
 * A state in one or two words. Its tone is never the only thing that tells it.
 * @module
 */
import type { ComponentChildren } from "preact";

export type Tone = "good" | "info" | "warn" | "quiet";

export function Badge({ tone = "quiet", title, children }: { tone?: Tone; title?: string; children: ComponentChildren }) {
  return (
    <span class={`badge badge-${tone}`} title={title}>
      {children}
    </span>
  );
}
