/**
 * What one channel of a board shows, asked for again and again as long as it is in sight.
 * @module
 */
import { useEffect } from "preact/hooks";
import { bodyOf } from "#gateway/api/client.ts";
import type { BoardCommand, Diagnostics } from "#gateway/api/schemas/commands.ts";
import { useApp } from "../../app.ts";
import { isOpen } from "../../command-list.ts";
import { duration, plainNumber } from "../../format.ts";
import { texts } from "../../texts.ts";

const EVERY_MS = 4000;

export interface LiveValueProps {
  boardId: string;
  channel: number;
  diagnostics: Diagnostics | null;
  commands: readonly BoardCommand[];
}

export function LiveValue({ boardId, channel, diagnostics, commands }: LiveValueProps) {
  const { client, model } = useApp();
  const isAsked = commands.some((one) => one.command.kind === "diagnostics" && isOpen(one));
  useEffect(() => {
    if (isAsked) return undefined;
    const timer = setTimeout(() => {
      // When it fails the age of the value says so, and the next answer sets it right.
      void bodyOf(client.boards[":boardId"].diagnostics.$post({ param: { boardId } })).catch(() => undefined);
    }, EVERY_MS);
    return () => clearTimeout(timer);
  }, [isAsked, diagnostics?.receivedUtcMs, boardId]);
  const value = diagnostics?.channels[channel]?.value ?? null;
  const ageMs = diagnostics === null ? null : model.nowUtcMs.value - diagnostics.receivedUtcMs;
  return (
    <p class="live-value">
      <span>{texts.boards.calibration.live}</span>
      <strong>{value === null ? texts.common.noValue : plainNumber(value)}</strong>
      <span class="muted">
        {texts.boards.calibration.unit}
        {ageMs !== null && `, ${texts.boards.calibration.liveAge(duration(ageMs))}`}
      </span>
    </p>
  );
}
