/**
 * What people call a board and its circuits.
 * @module
 */
import { useSignal } from "@preact/signals";
import { bodyOf } from "#gateway/api/client.ts";
import type { BoardChange } from "#gateway/api/schemas/boards.ts";
import type { Board } from "#gateway/api/schemas/node.ts";
import { useApp } from "../../app.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Field } from "../../components/field.tsx";
import { Guarded } from "../../components/guarded.tsx";
import { ErrorNote } from "../../components/states.tsx";
import { useAction } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { Circuits } from "./circuits.tsx";

function described({ name, meters }: Board): BoardChange {
  return { name, meters: meters.map(({ meter, kind, name: called, ratedPowerW }) => ({ meter, kind, name: called, ratedPowerW })) };
}

export function Names({ board }: { board: Board }) {
  const { client, model } = useApp();
  const words = texts.boards;
  const edited = useSignal<BoardChange | null>(null);
  const isSaved = useSignal(false);
  const shown = edited.value ?? described(board);
  const save = useAction(async () => {
    const param = { boardId: board.boardId };
    const now = await client.boards[":boardId"].description.$get({ param });
    const headers = { "If-Match": now.headers.get("ETag") ?? "*" };
    await bodyOf(client.boards[":boardId"].$put({ param, json: shown }, { headers }));
    await model.reloadBoards();
    edited.value = null;
    isSaved.value = true;
  });
  function change(part: Partial<BoardChange>): void {
    edited.value = { ...shown, ...part };
    isSaved.value = false;
  }
  return (
    <Card title={words.names}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void save.run();
        }}
      >
        <Field label={words.name} value={shown.name} onInput={(name) => change({ name })} input={{ required: true, maxlength: 64 }} />
        <Circuits circuits={shown.meters} canAdd={false} onChange={(meters) => change({ meters })} />
        {save.error.value !== null && <ErrorNote message={save.error.value} />}
        <Guarded scope="admin">
          <div class="buttons">
            <Button type="submit" isBusy={save.isRunning.value} disabled={edited.value === null}>
              {texts.common.save}
            </Button>
            <span role="status">{isSaved.value ? words.saved : ""}</span>
          </div>
        </Guarded>
      </form>
    </Card>
  );
}
