/**
 * What stands where data would: nothing there, not to be had, on its way.
 * @module
 */
import type { ComponentChildren } from "preact";
import type { Resource } from "../resource.ts";
import { texts } from "../texts.ts";
import { Button } from "./button.tsx";

/** Why there is nothing, and what to do so that there is something. */
export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

/** What went wrong and what to do; read out at once. */
export function ErrorNote({ message, onRetry }: { message: string; onRetry?: () => void }) {
  return (
    <div class="notice" role="alert">
      <p>{message}</p>
      {onRetry !== undefined && (
        <Button kind="quiet" onClick={onRetry}>
          {texts.common.retry}
        </Button>
      )}
    </div>
  );
}

/** Asked for, and not confirmed by the board or the chain yet. */
export function Pending({ children }: { children: ComponentChildren }) {
  return (
    <p class="pending" role="status">
      {children}
    </p>
  );
}

export interface LoadedProps<Data> {
  resource: Resource<Data>;
  children: (data: Data) => ComponentChildren;
}

/** The data of a resource, or the honest word for why it is not there. Keeps old data in sight when reading it again failed. */
export function Loaded<Data>({ resource, children }: LoadedProps<Data>) {
  const data = resource.data.value;
  const error = resource.error.value;
  return (
    <>
      {error !== null && <ErrorNote message={error} onRetry={() => void resource.reload()} />}
      {data !== null ? children(data) : error === null && <p class="empty loading">{texts.common.loading}</p>}
    </>
  );
}
