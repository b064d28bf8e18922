/**
 * All boards of the home, and those that wait to be admitted, which no message tells of: they are asked for as long as the list is in sight.
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { WaitingBoard } from "#gateway/api/schemas/node.ts";
import { useApp } from "../../app.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Guarded } from "../../components/guarded.tsx";
import { Empty } from "../../components/states.tsx";
import { duration, timeOf } from "../../format.ts";
import { href } from "../../router.ts";
import { texts } from "../../texts.ts";
import { AdmitDialog } from "./admit.tsx";

function Waiting({ waiting, onAdmit }: { waiting: readonly WaitingBoard[]; onAdmit: (boardId: string) => void }) {
  const { model } = useApp();
  const words = texts.boards;
  return (
    <Card title={words.waitingTitle}>
      <p class="muted">{words.waitingLead}</p>
      <ul class="rows">
        {waiting.map(({ boardId, frames, firstUtcMs, lastRefusal }) => (
          <li key={boardId}>
            <div>
              <code>{boardId}</code>
              <p class="muted">{lastRefusal === "badSeal" ? words.badSeal : words.waitingSince(frames, timeOf(firstUtcMs, model.nowUtcMs.peek()))}</p>
            </div>
            {lastRefusal !== "badSeal" && (
              <Guarded scope="admin">
                <Button kind="primary" label={`${words.admit} ${boardId}`} onClick={() => onAdmit(boardId)}>
                  {words.admit}
                </Button>
              </Guarded>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

const ASK_MS = 5000;

export function BoardList() {
  const { model } = useApp();
  const words = texts.boards;
  useEffect(() => {
    // When it fails the stream is lost too, and the page says so.
    const asking = setInterval(() => void model.reloadBoards().catch(() => undefined), ASK_MS);
    return () => clearInterval(asking);
  }, [model]);
  const admitting = useSignal<string | null>(null);
  const nowMs = model.nowUtcMs.value;
  const waiting = model.waiting.value;
  return (
    <>
      {waiting.length > 0 && <Waiting waiting={waiting} onAdmit={(boardId) => (admitting.value = boardId)} />}
      <Card title={texts.shell.pages.boards}>
        {model.boards.value.length === 0 && <Empty>{words.none}</Empty>}
        <ul class="rows">
          {model.boards.value.map(({ boardId, name, role, newestUtcMs }) => (
            <li key={boardId}>
              <div>
                <strong>{name}</strong>
                <p class="muted">
                  {words.roles[role]} · <code>{boardId}</code>
                  {newestUtcMs !== null && ` · ${texts.now.age(duration(nowMs - newestUtcMs))}`}
                </p>
              </div>
              <a class="button" href={href("boards", [boardId])} aria-label={words.detailsOf(name)}>
                {words.details}
              </a>
            </li>
          ))}
        </ul>
      </Card>
      <Guarded scope="admin">
        <div>
          <Button onClick={() => (admitting.value = "")}>{words.admitAnother}</Button>
        </div>
      </Guarded>
      {admitting.value !== null && <AdmitDialog boardId={admitting.value} onClose={() => (admitting.value = null)} />}
    </>
  );
}
