/**
 * The end of a listing: more of it, or the word that this was all.
 * @module
 */
import { Button } from "../../components/button.tsx";
import { ErrorNote } from "../../components/states.tsx";
import type { Action } from "../../resource.ts";
import { texts } from "../../texts.ts";

export function Older({ hasMore, older }: { hasMore: boolean; older: Action<[]> }) {
  return (
    <div class="listing-end">
      {older.error.value !== null && <ErrorNote message={older.error.value} />}
      {hasMore ? (
        <Button isBusy={older.isRunning.value} onClick={() => void older.run()}>
          {texts.settlement.older}
        </Button>
      ) : (
        <p class="muted">{texts.settlement.first}</p>
      )}
    </div>
  );
}
