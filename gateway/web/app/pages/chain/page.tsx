/**
 * The page "chain": whether it lives, who this home is on it, and all that this home wrote there.
 * @module
 */
import { useApp } from "../../app.ts";
import { texts } from "../../texts.ts";
import { Accounts } from "./accounts.tsx";
import { Status } from "./status.tsx";
import { Transactions } from "./transactions.tsx";
import { Validators } from "./validators.tsx";

export default function ChainPage() {
  const { model } = useApp();
  const chain = model.chain.value;
  if (chain === null) return model.connection.value === "lost" ? null : <p class="empty loading">{texts.common.loading}</p>;
  return (
    <>
      <div class="cards">
        <Status chain={chain} model={model} />
        <Accounts chain={chain} />
        <Validators chain={chain} />
      </div>
      <Transactions nowMs={model.nowUtcMs.value} />
    </>
  );
}
