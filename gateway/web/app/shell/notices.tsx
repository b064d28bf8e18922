/**
 * What is wrong right now, and what to do about it. Empty when all is well.
 * @module
 */
import { timeOf } from "../format.ts";
import type { Model } from "../model.ts";
import { texts } from "../texts.ts";

function notices({ connection, chain, heardUtcMs }: Model): string[] {
  const found: string[] = [];
  if (connection.value === "lost") {
    const heard = heardUtcMs.value;
    found.push(texts.shell.lost(heard === null ? null : timeOf(heard, heard)));
    return found;
  }
  if (chain.value === null) return found;
  const { state, detail, revertedTransactions, refusedCheckpoints } = chain.value;
  if (state === "away") found.push(texts.shell.chainAway(detail));
  else if (detail !== null) found.push(detail);
  if (revertedTransactions > 0) found.push(texts.shell.reverted(revertedTransactions));
  if (refusedCheckpoints > 0) found.push(texts.shell.refused(refusedCheckpoints));
  return found;
}

export function Notices({ model }: { model: Model }) {
  return (
    <div class="notices" role="alert">
      {notices(model).map((notice) => (
        <p class="notice" key={notice}>
          {notice}
        </p>
      ))}
    </div>
  );
}
