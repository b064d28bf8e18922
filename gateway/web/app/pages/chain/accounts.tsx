/**
 * Who this home is on the chain, which contracts it goes by, and who seals.
 * @module
 */
import type { Chain } from "#gateway/api/schemas/chain.ts";
import { Card } from "../../components/card.tsx";
import { Hash } from "../../components/hash.tsx";
import { texts } from "../../texts.ts";
import { Fact } from "./status.tsx";

export function Accounts({ chain }: { chain: Chain }) {
  const words = texts.chain;
  return (
    <>
      <Card title={words.account}>
        <dl class="facts">
          <Fact name={words.address}>
            <Hash hash={chain.account} />
          </Fact>
          <Fact name={words.node}>{chain.node}</Fact>
          <Fact name={words.balance}>
            <span class="muted">{words.balanceUntold}</span>
          </Fact>
        </dl>
      </Card>
      <Card title={words.contracts}>
        <p class="muted">{words.contractsDetail}</p>
        <dl class="facts">
          <Fact name={words.contractNames.energyLedger}>
            <Hash hash={chain.energyLedger} />
          </Fact>
          <Fact name={words.contractNames.meterRegistry}>
            <Hash hash={chain.meterRegistry} />
          </Fact>
        </dl>
      </Card>
      <Card title={words.validators}>
        <p class="muted">{words.validatorsUntold}</p>
      </Card>
    </>
  );
}
