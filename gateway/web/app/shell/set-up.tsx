/**
 * The first start: the code that the gateway printed, and the household's first account, in two steps.
 * @module
 */
import { useSignal } from "@preact/signals";
import { Button } from "../components/button.tsx";
import { Field } from "../components/field.tsx";
import { ErrorNote } from "../components/states.tsx";
import { useAction } from "../resource.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";

/** `MIN_PASSWORD` of `gateway/api/schemas/access.ts`, which would bring zod into the page. */
const MIN_PASSWORD = 10;

export function SetUp({ session }: { session: Session }) {
  const words = texts.shell.setUp;
  const step = useSignal<1 | 2>(1);
  const code = useSignal("");
  const name = useSignal("");
  const password = useSignal("");
  const repeated = useSignal("");
  const setUp = useAction(() => session.setUp(code.value.trim(), name.value.trim(), password.value));
  const differs = repeated.value !== "" && repeated.value !== password.value;

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (step.value === 1) step.value = 2;
    else if (!differs) await setUp.run();
  }

  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <p class="muted">{words.step(step.value)}</p>
      {step.value === 1 ? (
        <Field
          key="code"
          label={words.code}
          help={words.codeHelp}
          value={code.value}
          onInput={(value) => (code.value = value)}
          input={{ required: true, autofocus: true, autocomplete: "one-time-code", spellcheck: false }}
        />
      ) : (
        <>
          <Field
            key="name"
            label={words.name}
            value={name.value}
            onInput={(value) => (name.value = value)}
            input={{ required: true, autofocus: true, autocomplete: "username", maxlength: 64 }}
          />
          <Field
            key="password"
            label={words.password}
            help={words.passwordHelp(MIN_PASSWORD)}
            type="password"
            value={password.value}
            onInput={(value) => (password.value = value)}
            input={{ required: true, autocomplete: "new-password", minlength: MIN_PASSWORD }}
          />
          <Field
            key="repeated"
            label={words.repeat}
            type="password"
            error={differs ? words.differs : null}
            value={repeated.value}
            onInput={(value) => (repeated.value = value)}
            input={{ required: true, autocomplete: "new-password" }}
          />
        </>
      )}
      {setUp.error.value !== null && <ErrorNote message={setUp.error.value} />}
      <div class="buttons">
        {step.value === 2 && <Button onClick={() => (step.value = 1)}>{words.back}</Button>}
        <Button type="submit" kind="primary" isBusy={setUp.isRunning.value}>
          {step.value === 1 ? words.next : words.submit}
        </Button>
      </div>
    </form>
  );
}
