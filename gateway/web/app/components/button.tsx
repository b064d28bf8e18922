/**
 * A button that says when it is at work.
 * @module
 */
import type { ComponentChildren } from "preact";

export interface ButtonProps {
  children: ComponentChildren;
  onClick?: () => void;
  /** `submit` sends the form around it. */
  type?: "button" | "submit";
  kind?: "plain" | "primary" | "danger" | "quiet";
  isBusy?: boolean;
  disabled?: boolean;
  /** Where the words on it are not enough. */
  label?: string;
}

export function Button({ children, onClick, type = "button", kind = "plain", isBusy = false, disabled = false, label }: ButtonProps) {
  return (
    <button type={type} class={`button button-${kind}`} disabled={disabled || isBusy} aria-busy={isBusy} aria-label={label} onClick={onClick}>
      {children}
    </button>
  );
}
