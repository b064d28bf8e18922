/**
 * Everything that the registry, the ledger and the exchange ever told, in order.
 * @module
 */
import { Interface, type JsonRpcProvider, type Log, type Result } from "ethers";
import { energyExchangeAbi, energyLedgerAbi, meterRegistryAbi } from "#contracts/dist/abi.ts";

/** Where the contracts are; the deployment's record has it. */
export interface Contracts {
  meterRegistry: { address: string };
  energyLedger: { address: string };
  energyExchange: { address: string };
}

export interface ContractEvent {
  name: string;
  args: Result;
  blockNumber: number;
  /** The block's time, s. */
  timestamp: number;
  transactionHash: string;
}

/** Blocks asked for at once. */
const RANGE_BLOCKS = 2000;

/**
 * Reads the events up to a block.
 * @param onProgress told up to which block it has read
 */
export async function* contractEvents(
  { provider, contracts, toBlock }: { provider: JsonRpcProvider; contracts: Contracts; toBlock: number },
  onProgress: (block: number) => void = () => undefined,
): AsyncGenerator<ContractEvent> {
  const interfaces = new Map([
    [contracts.meterRegistry.address.toLowerCase(), new Interface(meterRegistryAbi)],
    [contracts.energyLedger.address.toLowerCase(), new Interface(energyLedgerAbi)],
    [contracts.energyExchange.address.toLowerCase(), new Interface(energyExchangeAbi)],
  ]);
  const timeOf = blockTimes(provider);
  for (let fromBlock = 0; fromBlock <= toBlock; fromBlock += RANGE_BLOCKS) {
    const last = Math.min(toBlock, fromBlock + RANGE_BLOCKS - 1);
    const logs = await provider.getLogs({ address: [...interfaces.keys()], fromBlock, toBlock: last });
    for (const log of logs.toSorted(byPlace)) {
      const event = interfaces.get(log.address.toLowerCase())?.parseLog(log);
      if (!event) continue;
      const { blockNumber, transactionHash } = log;
      yield { name: event.name, args: event.args, blockNumber, timestamp: await timeOf(blockNumber), transactionHash };
    }
    onProgress(last);
  }
}

function byPlace(a: Log, b: Log): number {
  return a.blockNumber - b.blockNumber || a.index - b.index;
}

/** Times of blocks that are asked for in order. */
function blockTimes(provider: JsonRpcProvider): (number: number) => Promise<number> {
  let [last, timestamp] = [-1, 0];
  return async (number) => {
    if (number === last) return timestamp;
    const block = await provider.getBlock(number);
    if (block === null) throw new Error(`the chain has no block ${number} any more: it was reorganised meanwhile; verify again`);
    [last, timestamp] = [number, block.timestamp];
    return timestamp;
  };
}
