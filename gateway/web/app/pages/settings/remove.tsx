/**
 * A button that removes something, and asks once more before it does.
 * @module
 */
import { useSignal } from "@preact/signals";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { ErrorNote } from "../../components/states.tsx";
import { useAction } from "../../resource.ts";
import { texts } from "../../texts.ts";

export interface RemoveProps {
  /** All of what is removed: the button's name for screen readers, and the question's title. */
  label: string;
  text?: string;
  remove: () => Promise<unknown>;
  onRemoved: () => void;
}

export function Remove({ label, text = texts.settings.remove, remove, onRemoved }: RemoveProps) {
  const isAsked = useSignal(false);
  const removal = useAction(remove);
  async function confirm(): Promise<void> {
    if (!(await removal.run())) return;
    isAsked.value = false;
    onRemoved();
  }
  return (
    <>
      <Button kind="quiet" label={label} onClick={() => (isAsked.value = true)}>
        {text}
      </Button>
      {isAsked.value && (
        <Dialog title={label} onClose={() => (isAsked.value = false)}>
          <div class="stack">
            <p>{texts.settings.removeSure}</p>
            {removal.error.value !== null && <ErrorNote message={removal.error.value} />}
            <div class="buttons">
              <Button kind="danger" isBusy={removal.isRunning.value} onClick={() => void confirm()}>
                {texts.settings.removeYes}
              </Button>
              <Button onClick={() => (isAsked.value = false)}>{texts.common.cancel}</Button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  );
}
