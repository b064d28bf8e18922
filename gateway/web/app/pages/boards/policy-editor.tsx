/**
 * A board's limits: edited, drawn, warned about, sent; pending until the board has confirmed them.
 * @module
 */
import { useSignal } from "@preact/signals";
import { bodyOf } from "#gateway/api/client.ts";
import type { BoardCommand } from "#gateway/api/schemas/commands.ts";
import type { Board } from "#gateway/api/schemas/node.ts";
import { useApp } from "../../app.ts";
import { isOpen, newest } from "../../command-list.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Field } from "../../components/field.tsx";
import { Guarded } from "../../components/guarded.tsx";
import { ErrorNote, Pending } from "../../components/states.tsx";
import { timeOf } from "../../format.ts";
import { useAction } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { Hysteresis } from "./hysteresis.tsx";
import { FIELDS, formOf, readForm, START } from "./policy-form.ts";
import type { PolicyField, PolicyForm, Problem, Role } from "./policy-form.ts";

const MAIN = {
  consumer: ["lowPermille", "highPermille", "reservePermille"],
  producer: ["reservePermille", "giveAbovePermille"],
} as const satisfies Record<Role, PolicyField[]>;
const EXPERT = {
  consumer: ["minOnMs", "minOffMs", "deadTimeMs", "tripMa", "lockoutMs", "busLiveMv", "staleMs", "giveAbovePermille"],
  producer: ["minOnMs", "minOffMs", "deadTimeMs", "tripMa", "lockoutMs", "busLiveMv", "staleMs", "lowPermille", "highPermille"],
} as const satisfies Record<Role, PolicyField[]>;

function problemText(problem: Problem | undefined): string | null {
  if (problem === undefined) return null;
  const words = texts.boards.policy.problems;
  return problem.kind === "range" ? words.range(problem.from, problem.to) : words[problem.kind];
}

function labelOf(name: PolicyField, role: Role): string {
  const label = texts.boards.policy[name];
  return typeof label === "string" ? label : label[role];
}

/** What became of the newest limits that were sent. */
function Outcome({ command }: { command: BoardCommand }) {
  const { model } = useApp();
  const words = texts.boards.policy;
  if (isOpen(command)) return <Pending>{words.pending(command.by, texts.common.commandStates[command.state])}</Pending>;
  if (command.state === "refused") return <ErrorNote message={words.refused(command.reason)} />;
  if (command.state === "expired") return <ErrorNote message={words.expired(command.reason)} />;
  return (
    <p class="confirmed" role="status">
      {words.applied(timeOf(command.doneUtcMs ?? 0, model.nowUtcMs.peek()))}
    </p>
  );
}

function Fields({ names, form, role, onChange }: { names: readonly PolicyField[]; form: PolicyForm; role: Role; onChange: (form: PolicyForm) => void }) {
  const { problems } = readForm(form, role);
  return (
    <div class="fields">
      {names.map((name) => (
        <Field
          key={name}
          label={labelOf(name, role)}
          unit={FIELDS[name].unit}
          value={form[name]}
          error={problemText(problems[name])}
          onInput={(value) => onChange({ ...form, [name]: value })}
          input={{ inputmode: "decimal" }}
        />
      ))}
    </div>
  );
}

export function PolicyEditor({ board, commands }: { board: Board; commands: readonly BoardCommand[] }) {
  const { client } = useApp();
  const words = texts.boards.policy;
  const edited = useSignal<PolicyForm | null>(null);
  const { role, boardId } = board;
  const form = edited.value ?? formOf(board.policy ?? START);
  const { policy, warnings } = readForm(form, role);
  const latest = newest(commands, "policy");
  const charge = board.meters.find(({ kind }) => kind === "battery")?.latestReading?.chargePermille ?? null;

  const send = useAction(async () => {
    if (policy === null) return;
    const one = client.boards[":boardId"].policy;
    const param = { boardId };
    const now = await one.$get({ param });
    const headers = { "If-Match": now.headers.get("ETag") ?? "*" };
    await bodyOf(one.$put({ param, json: policy }, { headers }));
    edited.value = null;
  });

  return (
    <Card title={words.title} class="policy">
      <p class="muted">{board.policy === null ? words.unknown : words.lead}</p>
      {latest !== null && <Outcome command={latest} />}
      <div class="policy-columns">
        <form
          class="form"
          onSubmit={(event) => {
            event.preventDefault();
            void send.run();
          }}
        >
          <Fields names={MAIN[role]} form={form} role={role} onChange={(next) => (edited.value = next)} />
          <details>
            <summary>{words.expert}</summary>
            <Fields names={EXPERT[role]} form={form} role={role} onChange={(next) => (edited.value = next)} />
          </details>
          {edited.value !== null && warnings.length > 0 && (
            <ul class="warnings" role="status">
              {warnings.map((warning) => (
                <li key={warning}>{words.warnings[warning]}</li>
              ))}
            </ul>
          )}
          {send.error.value !== null && <ErrorNote message={send.error.value} />}
          <Guarded scope="control">
            <div class="buttons">
              <Button type="submit" kind="primary" isBusy={send.isRunning.value} disabled={policy === null || edited.value === null}>
                {words.save}
              </Button>
              {edited.value !== null && <Button onClick={() => (edited.value = null)}>{words.undo}</Button>}
            </div>
          </Guarded>
        </form>
        <Hysteresis policy={policy ?? board.policy ?? START} role={role} charge={charge} />
      </div>
    </Card>
  );
}
