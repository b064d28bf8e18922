/**
 * A hash that is short to the eye, whole under the pointer, and copied by a click.
 * @module
 */
import { useSignal } from "@preact/signals";
import { shortHash } from "../format.ts";
import { texts } from "../texts.ts";

const SHOWN_MS = 1500;

export function Hash({ hash }: { hash: string }) {
  const state = useSignal<"short" | "copied" | "whole">("short");
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(hash);
      state.value = "copied";
      setTimeout(() => {
        state.value = "short";
      }, SHOWN_MS);
    } catch {
      // No clipboard here: show all of it, to be selected.
      state.value = "whole";
    }
  }
  if (state.value === "whole") return <code class="hash-whole">{hash}</code>;
  const isCopied = state.value === "copied";
  // The name holds what is to be seen, for who works the page by voice (WCAG 2.5.3).
  const label = isCopied ? texts.common.copied : texts.common.copy(shortHash(hash));
  return (
    <button type="button" class="hash" title={hash} aria-label={label} onClick={() => void copy()}>
      {isCopied ? texts.common.copied : shortHash(hash)}
    </button>
  );
}
