/**
 * Holding a board's relays by hand for a time: asked, confirmed by the board, over.
 * @module
 */
import { useSignal } from "@preact/signals";
import { bodyOf } from "#gateway/api/client.ts";
import type { BoardCommand } from "#gateway/api/schemas/commands.ts";
import type { Board } from "#gateway/api/schemas/node.ts";
import type { SourceName } from "#gateway/api/schemas/records.ts";
import { useApp } from "../app.ts";
import { heldUntilMs, isOpen, newest } from "../command-list.ts";
import { duration, roughly, timeOf } from "../format.ts";
import { useAction } from "../resource.ts";
import { texts } from "../texts.ts";
import { Button } from "./button.tsx";
import { Select } from "./field.tsx";
import { Guarded } from "./guarded.tsx";
import { ErrorNote, Pending } from "./states.tsx";

/** What a board of a role can hold, as the API has it. */
const SOURCES = { consumer: ["own", "bus", "off"], producer: ["keep", "give", "off"] } as const satisfies Record<Board["role"], SourceName[]>;
const DURATIONS_MS = [300_000, 900_000, 3_600_000, 14_400_000, 86_400_000].map(String);

/** What was asked last, and what became of it. */
function Asked({ command: { command, by, state, reason } }: { command: BoardCommand }) {
  const words = texts.now.override;
  if (command.kind !== "override") return null;
  if (state === "refused") return <ErrorNote message={words.refused(reason)} />;
  if (state === "expired") return <ErrorNote message={words.expired(reason)} />;
  if (state === "applied") return null;
  const word = texts.common.commandStates[state];
  return (
    <Pending>
      {command.durationMs === 0 ? words.askedEnd(by, word) : words.asked(words.sources[command.source], roughly(command.durationMs), by, word)}
    </Pending>
  );
}

function OverrideForm({ board }: { board: Board }) {
  const { client } = useApp();
  const words = texts.now.override;
  const source = useSignal<SourceName>(SOURCES[board.role][0]);
  const length = useSignal(DURATIONS_MS[1] ?? "900000");
  const hold = useAction(() =>
    bodyOf(
      client.boards[":boardId"].override.$post({
        param: { boardId: board.boardId },
        json: { source: source.value, durationMs: Number(length.value) },
      }),
    ),
  );
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void hold.run();
      }}
    >
      <div class="fields">
        <Select
          label={words.source}
          value={source.value}
          options={SOURCES[board.role].map((value) => ({ value, text: words.sources[value] }))}
          onChange={(value) => (source.value = value)}
        />
        <Select
          label={words.duration}
          value={length.value}
          options={DURATIONS_MS.map((value) => ({ value, text: roughly(Number(value)) }))}
          onChange={(value) => (length.value = value)}
        />
      </div>
      {hold.error.value !== null && <ErrorNote message={hold.error.value} />}
      <Button type="submit" isBusy={hold.isRunning.value}>
        {words.submit}
      </Button>
    </form>
  );
}

/** @param commands of this board, newest first. */
export function Override({ board, commands }: { board: Board; commands: readonly BoardCommand[] }) {
  const { client, model } = useApp();
  const words = texts.now.override;
  const nowMs = model.nowUtcMs.value;
  const latest = newest(commands, "override");
  const untilMs = heldUntilMs(commands, board.latestEvent, nowMs);
  const end = useAction(() => bodyOf(client.boards[":boardId"].override.$delete({ param: { boardId: board.boardId } })));
  return (
    <div class="form">
      {untilMs !== null && <p class="held">{words.held(timeOf(untilMs, nowMs), duration(untilMs - nowMs))}</p>}
      {latest !== null && <Asked command={latest} />}
      <p class="muted">{words.lead}</p>
      <Guarded scope="control">
        <OverrideForm board={board} />
        {(untilMs !== null || (latest !== null && isOpen(latest))) && (
          <Button isBusy={end.isRunning.value} onClick={() => void end.run()}>
            {words.end}
          </Button>
        )}
        {end.error.value !== null && <ErrorNote message={end.error.value} />}
      </Guarded>
    </div>
  );
}
