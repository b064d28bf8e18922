/**
 * A labelled input with its unit, its help and what is wrong with it.
 * @module
 */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface FrameProps {
  label: string;
  help?: ComponentChildren;
  error?: string | null;
}

export interface FieldProps extends FrameProps {
  value: string;
  onInput: (value: string) => void;
  /** Stands behind the input: "%", "A". */
  unit?: string;
  type?: "text" | "password" | "number" | "date" | "time" | "search";
  input?: InputRules;
}

/** What the browser checks and offers by itself. */
interface InputRules {
  required?: boolean;
  autofocus?: boolean;
  autocomplete?: string;
  spellcheck?: boolean;
  minlength?: number;
  maxlength?: number;
  min?: string | number;
  max?: string | number;
  step?: string | number;
  pattern?: string;
  inputmode?: "decimal" | "numeric" | "text";
}

function Frame({ id, label, help, error, children }: FrameProps & { id: string; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      {help !== undefined && (
        <p class="field-help" id={`${id}-help`}>
          {help}
        </p>
      )}
      {error !== null && error !== undefined && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

function describedBy(id: string, { help, error }: FrameProps): string | undefined {
  const ids = [...(help === undefined ? [] : [`${id}-help`]), ...(error === null || error === undefined ? [] : [`${id}-error`])];
  return ids.length === 0 ? undefined : ids.join(" ");
}

export function Field({ value, onInput, unit, type = "text", input = {}, ...frame }: FieldProps) {
  const id = useId();
  // Preact's types tell each kind of input apart; which one this is, is known only here.
  const rules = { ...input, type } as { type: "text" };
  const isWrong = frame.error !== null && frame.error !== undefined;
  return (
    <Frame id={id} {...frame}>
      <span class="field-input">
        <input
          {...rules}
          id={id}
          value={value}
          aria-invalid={isWrong}
          aria-describedby={describedBy(id, frame)}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
        {unit !== undefined && <span class="field-unit">{unit}</span>}
      </span>
    </Frame>
  );
}

export interface SelectProps<Value extends string> extends FrameProps {
  value: Value;
  options: readonly { value: Value; text: string }[];
  onChange: (value: Value) => void;
}

export function Select<Value extends string>({ value, options, onChange, ...frame }: SelectProps<Value>) {
  const id = useId();
  return (
    <Frame id={id} {...frame}>
      <select
        id={id}
        value={value}
        aria-describedby={describedBy(id, frame)}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.currentTarget.value);
          if (chosen !== undefined) onChange(chosen.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </Frame>
  );
}
