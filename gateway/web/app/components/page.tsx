/**
 * The whole page.
 * @module
 */
import { useSignalEffect } from "@preact/signals";
import type { Model } from "../model.ts";
import { texts } from "../texts.ts";
import { Batches } from "./batches.tsx";
import { BoardSection } from "./board.tsx";
import { ChainSection } from "./chain.tsx";
import { Header } from "./header.tsx";
import { Neighbours } from "./neighbours.tsx";
import { Notices } from "./notices.tsx";
import { Slot } from "./slot.tsx";

function Content({ model }: { model: Model }) {
  if (model.node.value === null) return model.connection.value === "lost" ? null : <p class="empty">{texts.loading}</p>;
  const boards = model.boards.value;
  const waiting = model.waiting.value.map(({ boardId }) => boardId).join(", ");
  return (
    <>
      {waiting !== "" && <p class="notice">{texts.waiting(waiting)}</p>}
      {boards.length === 0 && <p class="card empty">{texts.noBoards}</p>}
      {boards.map((board) => (
        <BoardSection key={board.boardId} board={board} model={model} />
      ))}
      <div class="pair">
        <Slot model={model} />
        <ChainSection model={model} />
      </div>
      <Batches model={model} />
      <Neighbours model={model} />
    </>
  );
}

export function Page({ model }: { model: Model }) {
  useSignalEffect(() => {
    const name = model.node.value?.name;
    if (name !== undefined) document.title = texts.title(name);
  });
  return (
    <>
      <Header model={model} />
      <main>
        <Notices model={model} />
        <Content model={model} />
      </main>
      <p class="visually-hidden" aria-live="polite">
        {model.announcement}
      </p>
    </>
  );
}
