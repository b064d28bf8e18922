/**
 * The calibration helper: clear the old correction, take two known values, send gain and offset, see the board confirm.
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { bodyOf } from "#gateway/api/client.ts";
import type { BoardCommand, Diagnostics } from "#gateway/api/schemas/commands.ts";
import { useApp } from "../../app.ts";
import { isOpen } from "../../command-list.ts";
import { Button } from "../../components/button.tsx";
import { Field, Select } from "../../components/field.tsx";
import { ErrorNote, Pending } from "../../components/states.tsx";
import { plainNumber } from "../../format.ts";
import { useAction, useResource } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { LiveValue } from "./live-value.tsx";
import { calibrationOf } from "./two-points.ts";
import type { Point } from "./two-points.ts";

export interface CalibrationProps {
  boardId: string;
  diagnostics: Diagnostics | null;
  commands: readonly BoardCommand[];
}

const NO_CORRECTION = { gain: 1, offset: 0 };
/** Commands that are looked through for the newest correction. */
const LOOKED_THROUGH = "1000";

/** The correction that a channel goes by, as far as it was sent from here. */
function InForce({ boardId, channel, commands }: { boardId: string; channel: number; commands: readonly BoardCommand[] }) {
  const { client } = useApp();
  const words = texts.boards.calibration;
  const isOfChannel = ({ command, state }: BoardCommand) => command.kind === "calibration" && command.channel === channel && state === "applied";
  const older = useResource(async () => (await bodyOf(client.boards[":boardId"].commands.$get({ param: { boardId }, query: { limit: LOOKED_THROUGH } }))).items);
  const newest = [...commands, ...(older.data.value ?? [])].find(isOfChannel);
  if (older.data.value === null) return null;
  const correction = newest?.command.kind === "calibration" ? newest.command.calibration : null;
  return <p class="muted">{correction === null ? words.notSent : words.inForce(plainNumber(correction.gain), plainNumber(correction.offset))}</p>;
}

/** One known value: what is shown live, and what is true. */
function PointForm({ index, shown, onTake }: { index: 0 | 1; shown: number | null; onTake: (point: Point) => void }) {
  const words = texts.boards.calibration;
  const known = useSignal("");
  const value = Number(known.value.trim().replace(",", "."));
  const isKnown = known.value.trim() !== "" && Number.isFinite(value);
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isKnown && shown !== null) onTake({ shown, true: value });
      }}
    >
      <p>{words.pointLead[index]}</p>
      <Field label={words.trueValue} unit={words.unit} value={known.value} onInput={(text) => (known.value = text)} input={{ inputmode: "text", required: true }} />
      <Button type="submit" kind="primary" disabled={!isKnown || shown === null}>
        {words.take}
      </Button>
    </form>
  );
}

export function CalibrationHelper({ boardId, diagnostics, commands }: CalibrationProps) {
  const { client } = useApp();
  const words = texts.boards.calibration;
  const channel = useSignal("0");
  const step = useSignal(0);
  const sentId = useSignal<number | null>(null);
  const points = useSignal<Point[]>([]);
  const send = useAction(async (json: { gain: number; offset: number }) => {
    const sent = await bodyOf(client.boards[":boardId"].calibration[":channel"].$put({ param: { boardId, channel: channel.value }, json }));
    sentId.value = sent.commandId;
  });
  const sent = commands.find(({ commandId }) => commandId === sentId.value);
  const channels = diagnostics?.channels ?? [];
  const shown = channels[Number(channel.value)]?.value ?? null;

  useEffect(() => {
    if (step.value === 0 && sent?.state === "applied") step.value = 1;
  }, [sent?.state]);

  if (channels.length === 0) return <p class="muted">{words.noChannels}</p>;
  const [first, second] = points.value;
  const result = first === undefined || second === undefined ? null : calibrationOf(first, second);
  const isDone = step.value === 3 && sent?.state === "applied";

  function restart(): void {
    step.value = 0;
    points.value = [];
    sentId.value = null;
  }

  function take(point: Point): void {
    points.value = [...points.value, point];
    step.value += 1;
    sentId.value = null;
  }

  return (
    <div class="form">
      <h3>{words.step(step.value + 1, words.steps[step.value] ?? "")}</h3>
      {step.value === 0 && (
        <>
          <Select
            label={words.channel}
            value={channel.value}
            options={channels.map(({ value }, index) => ({ value: String(index), text: words.channelOption(index, value === null ? texts.common.noValue : plainNumber(value)) }))}
            onChange={(value) => (channel.value = value)}
          />
          <InForce key={channel.value} boardId={boardId} channel={Number(channel.value)} commands={commands} />
          <p class="muted">{words.clearLead}</p>
          <Button isBusy={send.isRunning.value || (sent !== undefined && isOpen(sent))} onClick={() => void send.run(NO_CORRECTION)}>
            {words.clear}
          </Button>
        </>
      )}
      {(step.value === 1 || step.value === 2) && (
        <>
          <LiveValue boardId={boardId} channel={Number(channel.value)} diagnostics={diagnostics} commands={commands} />
          <PointForm key={step.value} index={step.value === 1 ? 0 : 1} shown={shown} onTake={take} />
        </>
      )}
      {step.value === 3 && result !== null && (typeof result === "string" ? <ErrorNote message={words[result]} /> : <p>{words.result(plainNumber(result.gain), plainNumber(result.offset))}</p>)}
      {step.value === 3 && result !== null && typeof result !== "string" && !isDone && (
        <Button kind="primary" isBusy={send.isRunning.value || (sent !== undefined && isOpen(sent))} onClick={() => void send.run(result)}>
          {words.send}
        </Button>
      )}
      {sent !== undefined && isOpen(sent) && <Pending>{words.clearing}</Pending>}
      {(sent?.state === "refused" || sent?.state === "expired") && <ErrorNote message={words.failed(sent.reason)} />}
      {isDone && (
        <p class="confirmed" role="status">
          {words.done}
        </p>
      )}
      {send.error.value !== null && <ErrorNote message={send.error.value} />}
      {step.value > 0 && <Button onClick={restart}>{words.again}</Button>}
    </div>
  );
}
