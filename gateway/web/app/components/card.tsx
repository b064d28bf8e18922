/**
 * A titled part of a page.
 * @module
 */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export interface CardProps {
  title: string;
  /** Stands at the right of the title: a badge, an age, a button. */
  aside?: ComponentChildren;
  class?: string;
  children: ComponentChildren;
}

export function Card({ title, aside, class: className = "", children }: CardProps) {
  const id = useId();
  return (
    <section class={`card ${className}`} aria-labelledby={id}>
      <div class="section-head">
        <h2 id={id}>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
