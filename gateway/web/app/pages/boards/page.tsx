/**
 * The page "boards": all of them, or what one is called, set to, held at, and how it is.
 * @module
 */
import type { Board } from "#gateway/api/schemas/node.ts";
import { useApp } from "../../app.ts";
import { useCommands } from "../../commands.ts";
import { Card } from "../../components/card.tsx";
import { Guarded } from "../../components/guarded.tsx";
import { Override } from "../../components/override.tsx";
import { Empty, ErrorNote } from "../../components/states.tsx";
import { useDiagnostics } from "../../diagnostics.ts";
import { href, route } from "../../router.ts";
import { texts } from "../../texts.ts";
import { BoardList } from "./board-list.tsx";
import { CalibrationHelper } from "./calibration.tsx";
import { CommandLog } from "./command-log.tsx";
import { HealthCard } from "./health.tsx";
import { Names } from "./names.tsx";
import { PolicyEditor } from "./policy-editor.tsx";

function BoardDetail({ board }: { board: Board }) {
  const list = useCommands(board.boardId);
  const health = useDiagnostics(board).data.value?.newest ?? null;
  const commands = list.data.value ?? [];
  return (
    <>
      <div class="section-head">
        <h2>{board.name}</h2>
        <a href={href("boards")}>{texts.boards.all}</a>
      </div>
      {list.error.value !== null && <ErrorNote message={list.error.value} onRetry={() => void list.reload()} />}
      <PolicyEditor board={board} commands={commands} />
      <div class="columns">
        <div class="stack">
          <Card title={texts.now.override.title}>
            <Override board={board} commands={commands} />
          </Card>
          <HealthCard board={board} health={health} />
        </div>
        <div class="stack">
          <Names board={board} />
          <Card title={texts.boards.calibration.title}>
            <p class="muted">{texts.boards.calibration.lead}</p>
            <Guarded scope="admin">
              <CalibrationHelper boardId={board.boardId} diagnostics={health} commands={commands} />
            </Guarded>
          </Card>
        </div>
      </div>
      <CommandLog commands={commands} />
    </>
  );
}

export default function BoardsPage() {
  const { model } = useApp();
  const [boardId] = route.value.parts;
  if (model.node.value === null) return <p class="empty loading">{texts.common.loading}</p>;
  if (boardId === undefined) return <BoardList />;
  const board = model.boards.value.find((one) => one.boardId === boardId);
  if (board !== undefined) return <BoardDetail key={boardId} board={board} />;
  return (
    <>
      <Empty>{texts.boards.unknown}</Empty>
      <a href={href("boards")}>{texts.boards.all}</a>
    </>
  );
}
