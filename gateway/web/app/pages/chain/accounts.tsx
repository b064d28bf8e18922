/**
 * Who this home is on the chain, what it has there, and which contracts it goes by.
 * @module
 */
import { bodyOf } from "#gateway/api/client.ts";
import type { Chain } from "#gateway/api/schemas/chain.ts";
import type { ExchangeAccount } from "#gateway/api/schemas/exchange.ts";
import { useApp } from "../../app.ts";
import { ifAvailable } from "../../available.ts";
import { coins } from "../../coins.ts";
import { Card } from "../../components/card.tsx";
import { Hash } from "../../components/hash.tsx";
import { ErrorNote } from "../../components/states.tsx";
import { useResource } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { Fact } from "./status.tsx";

function Balances({ account }: { account: ExchangeAccount }) {
  const words = texts.chain;
  const amount = (units: string) => words.coins(coins(units));
  return (
    <>
      <Fact name={words.balance}>{amount(account.coins)}</Fact>
      <Fact name={words.deposit}>
        {amount(account.deposit)} <span class="muted">{words.free(coins(account.free), coins(account.held))}</span>
      </Fact>
      {account.debt !== "0" && <Fact name={words.debt}>{amount(account.debt)}</Fact>}
      {account.due !== "0" && <Fact name={words.due}>{amount(account.due)}</Fact>}
    </>
  );
}

export function Accounts({ chain }: { chain: Chain }) {
  const { client } = useApp();
  const words = texts.chain;
  // A balance changes with a block at most.
  const account = useResource(async () => ({ found: await ifAvailable(() => bodyOf(client.exchange.account.$get())) }), { again: chain.headNumber ?? 0 });
  const found = account.data.value?.found ?? null;
  return (
    <>
      <Card title={words.account}>
        <dl class="facts">
          <Fact name={words.address}>
            <Hash hash={chain.account} />
          </Fact>
          <Fact name={words.node}>{chain.node}</Fact>
          {found !== null && <Balances account={found} />}
          {account.data.value?.found === null && <Fact name={words.balance}>{words.balanceUntold}</Fact>}
        </dl>
        {account.error.value !== null && <ErrorNote message={account.error.value} onRetry={() => void account.reload()} />}
        {found?.isEnrolled === false && <p class="notice">{words.notEnrolled}</p>}
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
          {found !== null && (
            <>
              <Fact name={words.contractNames.energyExchange}>
                <Hash hash={found.exchangeAddress} />
              </Fact>
              <Fact name={words.contractNames.daiseeCoin}>
                <Hash hash={found.coinAddress} />
              </Fact>
            </>
          )}
        </dl>
      </Card>
    </>
  );
}
