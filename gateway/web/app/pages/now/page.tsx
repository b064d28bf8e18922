/**
 * The page "now": each board's home as it is at this moment.
 * @module
 */
import { useApp } from "../../app.ts";
import { Empty } from "../../components/states.tsx";
import { texts } from "../../texts.ts";
import { BoardSection } from "./board.tsx";
import { Slot } from "./slot.tsx";

export default function NowPage() {
  const { model } = useApp();
  if (model.node.value === null) return model.connection.value === "lost" ? null : <p class="empty loading">{texts.common.loading}</p>;
  const boards = model.boards.value;
  const waiting = model.waiting.value.map(({ boardId }) => boardId).join(", ");
  return (
    <>
      {waiting !== "" && <p class="notice">{texts.now.waiting(waiting)}</p>}
      {boards.length === 0 && <Empty>{texts.now.noBoards}</Empty>}
      {boards.map((board) => (
        <BoardSection key={board.boardId} board={board} />
      ))}
      <Slot />
    </>
  );
}
