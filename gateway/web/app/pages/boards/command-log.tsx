/**
 * What a board was asked, by whom, and what became of it.
 * @module
 */
import type { BoardCommand } from "#gateway/api/schemas/commands.ts";
import { useApp } from "../../app.ts";
import { Badge } from "../../components/badge.tsx";
import type { Tone } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/states.tsx";
import { Table } from "../../components/table.tsx";
import { timeOf } from "../../format.ts";
import { texts } from "../../texts.ts";

const TONES: Record<BoardCommand["state"], Tone> = { pending: "info", sent: "info", applied: "good", refused: "warn", expired: "warn" };

export function CommandLog({ commands }: { commands: readonly BoardCommand[] }) {
  const { model } = useApp();
  const words = texts.boards.log;
  const nowMs = model.nowUtcMs.peek();
  return (
    <Card title={words.title}>
      {commands.length === 0 ? (
        <Empty>{words.none}</Empty>
      ) : (
        <Table
          caption={words.title}
          rows={commands}
          keyOf={({ commandId }) => commandId}
          columns={[
            { name: words.when, cell: ({ createdUtcMs }) => timeOf(createdUtcMs, nowMs) },
            { name: words.what, cell: ({ command }) => words.kinds[command.kind] },
            { name: words.by, cell: ({ by }) => by },
            {
              name: words.state,
              cell: ({ state, reason }) => (
                <span>
                  <Badge tone={TONES[state]}>{texts.common.commandStates[state]}</Badge> {reason}
                </span>
              ),
            },
          ]}
        />
      )}
    </Card>
  );
}
