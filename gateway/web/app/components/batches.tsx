/**
 * This home's newest batches and how far each is on its way onto the chain.
 * @module
 */
import type { Batch } from "#gateway/api/schemas/batches.ts";
import { timeOf } from "../format.ts";
import type { Model } from "../model.ts";
import { texts } from "../texts.ts";
import { Hash } from "./hash.tsx";

const STEPS = ["signed", "mined", "final"] as const;

function State({ state }: { state: Batch["transaction"]["state"] }) {
  const reached = state === "reverted" ? -1 : STEPS.indexOf(state);
  return (
    <span class={`state state-${state}`} title={texts.stateHelp[state]}>
      <span class="steps" aria-hidden="true">
        {STEPS.map((step, index) => (
          <i key={step} class={index <= reached ? "step-done" : ""} />
        ))}
      </span>
      {texts.states[state]}
    </span>
  );
}

function Row({ batch, nowMs }: { batch: Batch; nowMs: number }) {
  const { batchColumns: names } = texts;
  return (
    <tr>
      <th scope="row" data-name={names.number}>
        {batch.number}
      </th>
      <td data-name={names.period} class="batch-period">
        {timeOf(batch.fromUtcMs, nowMs)} – {timeOf(batch.toUtcMs, nowMs)}
      </td>
      <td data-name={names.readings} class="number">
        {batch.readingCount}
      </td>
      <td data-name={names.state} class="batch-state">
        <State state={batch.transaction.state} />
      </td>
      <td data-name={names.transaction} class="batch-transaction">
        <Hash hash={batch.transaction.hash} />
      </td>
      <td data-name={names.block} class="number">
        {batch.transaction.blockNumber ?? texts.noValue}
      </td>
    </tr>
  );
}

export function Batches({ model }: { model: Model }) {
  const batches = model.batches.value;
  return (
    <section class="card" aria-labelledby="batches">
      <h2 id="batches">{texts.batches}</h2>
      {batches.length === 0 ? (
        <p class="empty">{texts.noBatches}</p>
      ) : (
        <table class="batches">
          <thead>
            <tr>
              {Object.values(texts.batchColumns).map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {batches.map((batch) => (
              <Row key={batch.number} batch={batch} nowMs={model.nowUtcMs.value} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
