/**
 * Admits a board: its number, its secret, what it is for and what its circuits measure.
 * @module
 */
import { useSignal } from "@preact/signals";
import { bodyOf } from "#gateway/api/client.ts";
import { useApp } from "../../app.ts";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Field, Select } from "../../components/field.tsx";
import { ErrorNote } from "../../components/states.tsx";
import { useAction } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { Circuits, FIRST_CIRCUITS } from "./circuits.tsx";
import type { Circuit } from "./circuits.tsx";

const ROLES = ["consumer", "producer"] as const;

/** @param boardId of a board that waits; "" to be typed. */
export function AdmitDialog({ boardId, onClose }: { boardId: string; onClose: () => void }) {
  const { client, model } = useApp();
  const words = texts.boards;
  const id = useSignal(boardId);
  const name = useSignal("");
  const secret = useSignal("");
  const role = useSignal<(typeof ROLES)[number]>(model.node.peek()?.role ?? "consumer");
  const seconds = useSignal("10");
  const circuits = useSignal<Circuit[]>(FIRST_CIRCUITS);
  const admit = useAction(async () => {
    const json = {
      boardId: id.value.trim().toLowerCase(),
      name: name.value.trim(),
      role: role.value,
      meters: circuits.value,
      secret: secret.value.trim().toLowerCase(),
      readingMs: Math.round(Number(seconds.value) * 1000),
    };
    await bodyOf(client.boards.$post({ json }));
    await model.reloadBoards();
  });

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (await admit.run()) onClose();
  }

  return (
    <Dialog title={words.admitTitle} onClose={onClose}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <Field
          label={words.boardId}
          help={words.boardIdHelp}
          value={id.value}
          onInput={(value) => (id.value = value)}
          input={{ required: true, pattern: "[0-9a-fA-F]{12}", spellcheck: false, autofocus: boardId === "" }}
        />
        <Field
          label={words.name}
          value={name.value}
          onInput={(value) => (name.value = value)}
          input={{ required: true, maxlength: 64, autofocus: boardId !== "" }}
        />
        <Field
          label={words.secret}
          help={words.secretHelp}
          type="password"
          value={secret.value}
          onInput={(value) => (secret.value = value)}
          input={{ required: true, pattern: "\\s*[0-9a-fA-F]{64}\\s*", autocomplete: "off", spellcheck: false }}
        />
        <div class="fields">
          <Select label={words.role} value={role.value} options={ROLES.map((value) => ({ value, text: words.roles[value] }))} onChange={(value) => (role.value = value)} />
          <Field
            label={words.readingSeconds}
            unit={words.seconds}
            type="number"
            value={seconds.value}
            onInput={(value) => (seconds.value = value)}
            input={{ min: 0.1, max: 3600, step: "any", required: true }}
          />
        </div>
        <h3>{words.circuits}</h3>
        <Circuits circuits={circuits.value} canAdd onChange={(next) => (circuits.value = next)} />
        {admit.error.value !== null && <ErrorNote message={admit.error.value} />}
        <div class="buttons">
          <Button onClick={onClose}>{texts.common.cancel}</Button>
          <Button type="submit" kind="primary" isBusy={admit.isRunning.value}>
            {words.admit}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
