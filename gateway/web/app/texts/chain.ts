/**
 * Texts of the page "chain".
 * @module
 */
export const chain = {
  head: "Newest block",
  headAge: (age: string) => `${age} old`,
  noHead: "no block seen yet",
  states: { unknown: "not known yet", fresh: "in step", stalled: "stalled", away: "away" },
  stateWords: {
    unknown: "The gateway has not heard from the chain yet.",
    fresh: "The chain answers and makes blocks.",
    stalled: "The chain answers, but makes no blocks: more than half of its validators may be away. Ask the neighbours who run them.",
    away: "The chain does not answer. Measuring and switching go on; what is to be settled waits here and is sent when it is back.",
  },
  foreign: "Another chain answers than the one this home belongs to: nothing is written to it.",
  answered: "Last answer",
  ago: (age: string) => `${age} ago`,
  chainId: "Chain id",
  waiting: "Waiting transactions",
  reverted: "Refused by the contract",
  refusedCheckpoints: "Checkpoints left out",
  sinceStart: "since the gateway’s start",

  validators: "Validators",
  noValidators: "The embedded chain of a single home has none, or the node that this gateway asks does not tell.",
  sealed: "sealed the newest block",
  finality: "Final after",
  finalityDepth: (blocks: number) => `${blocks} ${blocks === 1 ? "block" : "blocks"}`,

  account: "This home’s account",
  address: "Address",
  node: "Number in the registry",
  balance: "Token balance",
  balanceUntold: "not told: this gateway has no exchange",
  coins: (amount: string) => `${amount} coin`,
  deposit: "At the exchange",
  free: (free: string, held: string) => `${free} free, ${held} held for open slots`,
  debt: "Owed to the pool",
  due: "Owed by the pool",
  notEnrolled: "This home is not enrolled at the exchange yet: what it draws and gives is not settled. Ask the community to enrol it.",
  contracts: "Contracts",
  contractNames: { energyLedger: "Energy ledger", meterRegistry: "Meter registry", energyExchange: "Energy exchange", daiseeCoin: "Coin" },
  contractsDetail: "Where the community’s rules live on the chain. Compare these with your neighbours’: they have to be the same.",

  transactions: "Transactions",
  transactionsDetail: "Everything this home ever wrote to the chain, newest first.",
  noTransactions: "Nothing was written yet. The first transaction is made when a slot closes.",
  columns: { transaction: "Transaction", what: "What", made: "Made", state: "State", block: "Block" },
  commitOf: (batch: number) => `Batch ${batch}`,
  older: "Show older ones",
  first: "This is the first one.",
};
