/**
 * What a board tells of its health, and what it can be asked at once: to tell it now, to blink, to restart.
 * @module
 */
import { useSignal } from "@preact/signals";
import { bodyOf } from "#gateway/api/client.ts";
import type { Diagnostics } from "#gateway/api/schemas/commands.ts";
import type { Board } from "#gateway/api/schemas/node.ts";
import { useApp } from "../../app.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Guarded } from "../../components/guarded.tsx";
import { Empty, ErrorNote } from "../../components/states.tsx";
import { Table } from "../../components/table.tsx";
import { duration, plainNumber } from "../../format.ts";
import { useAction } from "../../resource.ts";
import { texts } from "../../texts.ts";

function facts(health: Diagnostics): [string, string][] {
  const words = texts.boards.health;
  return [
    [words.firmware, health.firmware],
    [words.uptime, duration(health.uptimeMs)],
    [words.memory, words.memoryOf(plainNumber(health.freeVariables), plainNumber(health.freeVariables + health.usedVariables))],
    [words.queue, words.queueOf(health.queueFine, health.queueCoarse)],
    [words.signal, health.rssiDbm === null ? words.signalUnknown : words.dbm(plainNumber(health.rssiDbm))],
    [words.slowest, words.milliseconds(plainNumber(health.slowestTurnMs))],
    [words.retransmitted, String(health.retransmitted)],
    [words.refusedMessages, String(health.refused)],
    [words.failedStarts, String(health.failedStarts)],
  ];
}

function Asking({ boardId }: { boardId: string }) {
  const { client, session } = useApp();
  const words = texts.boards.health;
  const isAsked = useSignal(false);
  const one = client.boards[":boardId"];
  const param = { boardId };
  const ask = useAction(() => bodyOf(one.diagnostics.$post({ param })));
  const identify = useAction(() => bodyOf(one.identify.$post({ param, json: {} })));
  const reboot = useAction(async () => {
    await bodyOf(one.reboot.$post({ param }));
    isAsked.value = false;
  });
  const error = ask.error.value ?? identify.error.value ?? reboot.error.value;
  return (
    <>
      <div class="buttons">
        <Button isBusy={ask.isRunning.value} onClick={() => void ask.run()}>
          {words.ask}
        </Button>
        <Button isBusy={identify.isRunning.value} onClick={() => void identify.run()}>
          {words.identify}
        </Button>
        {session.can("admin") && (
          <Button kind="danger" onClick={() => (isAsked.value = true)}>
            {words.reboot}
          </Button>
        )}
      </div>
      {error !== null && <ErrorNote message={error} />}
      {isAsked.value && (
        <Dialog title={words.rebootTitle} onClose={() => (isAsked.value = false)}>
          <div class="form">
            <p>{words.rebootLead}</p>
            <div class="buttons">
              <Button onClick={() => (isAsked.value = false)}>{texts.common.cancel}</Button>
              <Button kind="danger" isBusy={reboot.isRunning.value} onClick={() => void reboot.run()}>
                {words.reboot}
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  );
}

export function HealthCard({ board, health }: { board: Board; health: Diagnostics | null }) {
  const { model } = useApp();
  const words = texts.boards.health;
  const aside = health === null ? undefined : <span class="muted">{words.received(duration(model.nowUtcMs.value - health.receivedUtcMs))}</span>;
  return (
    <Card title={words.title} aside={aside} class="health">
      {health === null ? (
        <Empty>{words.none}</Empty>
      ) : (
        <>
          {health.safeMode && <p class="notice">{words.safeMode}</p>}
          <dl class="facts">
            {facts(health).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <Table
            caption={words.channels}
            rows={health.channels.map((channel, index) => ({ ...channel, index }))}
            keyOf={({ index }) => index}
            columns={[
              { name: words.channel, cell: ({ index }) => index },
              { name: words.value, isNumber: true, cell: ({ value }) => (value === null ? words.implausible : plainNumber(value)) },
              { name: words.raw, isNumber: true, cell: ({ raw }) => plainNumber(Math.round(raw)) },
              { name: words.noise, isNumber: true, cell: ({ noise }) => plainNumber(Math.round(noise)) },
            ]}
          />
        </>
      )}
      <Guarded scope="control">
        <Asking boardId={board.boardId} />
      </Guarded>
    </Card>
  );
}
