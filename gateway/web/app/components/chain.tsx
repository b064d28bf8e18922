/**
 * The chain: its head and how old that is, and the contracts that this home uses.
 * @module
 */
import { duration } from "../format.ts";
import type { Model } from "../model.ts";
import { texts } from "../texts.ts";
import { Hash } from "./hash.tsx";

export function ChainSection({ model }: { model: Model }) {
  const chain = model.chain.value;
  if (chain === null) return null;
  const { state, headNumber, headUtcMs, chainId, energyLedger, meterRegistry, openTransactions } = chain;
  return (
    <section class="card chain" aria-labelledby="chain">
      <div class="section-head">
        <h2 id="chain">{texts.chain}</h2>
        <span class={`chip chip-${state}`}>{texts.chainStates[state]}</span>
      </div>
      <dl class="facts">
        <div>
          <dt>{texts.head}</dt>
          <dd>
            {headNumber ?? texts.noValue}
            {headUtcMs !== null && <span class="muted"> {texts.headAge(duration(model.nowUtcMs.value - headUtcMs))}</span>}
          </dd>
        </div>
        <div>
          <dt>{texts.openTransactions}</dt>
          <dd>{openTransactions}</dd>
        </div>
        <div>
          <dt>{texts.chainId}</dt>
          <dd>{chainId}</dd>
        </div>
        <div>
          <dt>{texts.ledgerContract}</dt>
          <dd>
            <Hash hash={energyLedger} />
          </dd>
        </div>
        <div>
          <dt>{texts.registryContract}</dt>
          <dd>
            <Hash hash={meterRegistry} />
          </dd>
        </div>
      </dl>
    </section>
  );
}
