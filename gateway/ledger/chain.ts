/**
 * The chain as the ledger uses it: plain JSON-RPC through ethers, each answer checked and decoded once, here.
 * @module
 */
import { Interface, Result, isCallException, makeError, type JsonRpcProvider, type LogDescription, type Provider } from "ethers";
import { unpackCheckpoints } from "#contracts/checkpoints.ts";
import { energyLedgerAbi, meterRegistryAbi } from "#contracts/dist/abi.ts";
import { METER_KINDS, type MeterKind } from "#contracts/meter-id.ts";
import { answeredMessage, BroadcastRefusal, ContractRefusal, describeRevert, isKnownTransaction, revertName } from "./rpc-error.ts";
import type { Call } from "./sign.ts";
import type { ChainMeter } from "./slots.ts";

/** What of a deployment's record the ledger needs. */
export interface LedgerDeployment {
  chainId: number;
  genesisHash: string;
  contracts: { meterRegistry: { address: string }; energyLedger: { address: string } };
}

export interface Head {
  number: number;
  hash: string;
  /** The block's time, UTC ms (whole seconds). */
  timestampMs: number;
  gasLimit: bigint;
}

export interface Receipt {
  blockNumber: number;
  blockHash: string;
  /** False when the contract refused the call. */
  ok: boolean;
}

/** A meter as the registry has it. */
export interface Registration {
  /** 0 when it was never admitted. */
  node: number;
  kind: MeterKind;
  active: boolean;
  ratedPowerW: number;
  /** Counts its admissions. */
  admission: number;
}

/** An event of either contract and where it stands. */
export interface ChainEvent {
  name: string;
  args: Result;
  blockNumber: number;
  transactionHash: string;
}

export interface ChainOptions {
  provider: JsonRpcProvider;
  deployment: LedgerDeployment;
  /** How long one call may take, real ms; the provider's own limit is minutes. */
  timeoutMs?: number;
  /** Ends every wait for an answer at once. */
  signal?: AbortSignal | undefined;
}

export type Chain = ReturnType<typeof createChain>;

const ledgerInterface = new Interface(energyLedgerAbi);
const registryInterface = new Interface(meterRegistryAbi);

/** Calls a view and decodes its result. */
async function view(provider: Provider, contract: Interface, to: string, name: string, args: unknown[]): Promise<Result> {
  const data = await provider.call({ to, data: contract.encodeFunctionData(name, args) });
  if (data === "0x") throw new Error(`there is no contract with ${name} at ${to}: check the deployment's record`);
  return contract.decodeFunctionResult(name, data);
}

/** The answer, unless it takes too long or the signal aborts first; then it is dropped. */
async function within<T>(answer: Promise<T>, timeoutMs: number, signal: AbortSignal | undefined): Promise<T> {
  let giveUp = (_reason: Error): void => undefined;
  const givenUp = new Promise<never>((_resolve, reject) => (giveUp = reject));
  const stop = (): void => giveUp(new Error("the wait for the chain's answer was stopped"));
  const timer = setTimeout(() => giveUp(makeError("the chain does not answer in time", "TIMEOUT")), timeoutMs);
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();
  try {
    return await Promise.race([answer, givenUp]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

/**
 * All that the ledger asks of a chain. Every function rejects when the chain does not answer.
 * @param options.provider without a cache of answers, as `chain/provider.ts` makes it: ethers' default one hands out used nonces.
 */
export function createChain({ provider, deployment, timeoutMs = 10_000, signal }: ChainOptions) {
  const ledger = deployment.contracts.energyLedger.address;
  const registry = deployment.contracts.meterRegistry.address;
  const ask = <T>(answer: Promise<T>): Promise<T> => within(answer, timeoutMs, signal);
  const ledgerView = (name: string, ...args: unknown[]): Promise<Result> => ask(view(provider, ledgerInterface, ledger, name, args));
  const registryView = (name: string, ...args: unknown[]): Promise<Result> => ask(view(provider, registryInterface, registry, name, args));

  return {
    deployment,

    /** Any other call, as the node answers it. */
    rpc: (method: string, params: unknown[] = []): Promise<unknown> => ask(provider.send(method, params)),

    /** Which chain it is. Both, because two chains may share a first block. */
    async identity(): Promise<{ chainId: number; genesisHash: string | null }> {
      const chainId = Number(await ask(provider.send("eth_chainId", [])));
      return { chainId, genesisHash: (await ask(provider.getBlock(0)))?.hash ?? null };
    },

    async slotSeconds(): Promise<number> {
      return Number((await ledgerView("slotSeconds"))[0]);
    },

    async head(): Promise<Head> {
      const block = await ask(provider.getBlock("latest"));
      if (block?.hash === null || block?.hash === undefined) throw new Error("the chain has no newest block");
      return { number: block.number, hash: block.hash, timestampMs: block.timestamp * 1000, gasLimit: block.gasLimit };
    },

    /** Number and time of the block at a height, or null when the chain is not that high. */
    async beat(number: number): Promise<{ number: number; timestampMs: number } | null> {
      const block = await ask(provider.getBlock(number));
      return block && { number: block.number, timestampMs: block.timestamp * 1000 };
    },

    /** Hash of the block at a height, or null when the chain is not that high. */
    async blockHash(number: number): Promise<string | null> {
      return (await ask(provider.getBlock(number)))?.hash ?? null;
    },

    /** The nonce after the newest mined one. */
    async nextNonce(account: string): Promise<number> {
      return ask(provider.getTransactionCount(account, "latest"));
    },

    async receipt(hash: string): Promise<Receipt | null> {
      const receipt = await ask(provider.getTransactionReceipt(hash));
      return receipt === null ? null : { blockNumber: receipt.blockNumber, blockHash: receipt.blockHash, ok: receipt.status === 1 };
    },

    /** Number of the block in which a transaction committed a node's batch; null when it did not. */
    async committedIn(hash: string, node: number, number: number): Promise<number | null> {
      const receipt = await ask(provider.getTransactionReceipt(hash));
      const commits = receipt?.logs.some((log) => {
        const event = log.address.toLowerCase() === ledger.toLowerCase() ? ledgerInterface.parseLog(log) : null;
        return event?.name === "BatchCommitted" && Number(event.args["node"]) === node && Number(event.args["number"]) === number;
      });
      return receipt !== null && commits ? receipt.blockNumber : null;
    },

    /**
     * Hands over a signed transaction; that the node has it already is a success.
     * @throws BroadcastRefusal when the node answers that it does not take it.
     */
    async broadcast(raw: string): Promise<void> {
      try {
        await ask(provider.send("eth_sendRawTransaction", [raw]));
      } catch (error) {
        if (isKnownTransaction(error)) return;
        const answer = answeredMessage(error);
        throw answer === null ? error : new BroadcastRefusal(`the chain's node does not take the transaction: ${answer}`, { cause: error });
      }
    },

    /**
     * Tries a call of a contract on the newest block's state without making it.
     * @throws ContractRefusal with the reason when the contract would refuse it.
     */
    async simulate({ from, to, data, gasLimit }: Call & { from: string }): Promise<void> {
      try {
        await ask(provider.call({ from, to, data, gasLimit, gasPrice: 0n }));
      } catch (error) {
        if (!isCallException(error)) throw error;
        throw new ContractRefusal(`the contract would refuse it: ${describeRevert(error.data)}`, { cause: error, reason: revertName(error.data) });
      }
    },

    async nextBatch(node: number): Promise<number> {
      return Number((await ledgerView("nextBatch", node))[0]);
    },

    /** 0x hex; 32 zero bytes when the batch has no readings or is not there. */
    async batchRoot(node: number, number: number): Promise<string> {
      return String((await ledgerView("batchRoot", node, number))[0]);
    },

    async verifyReading(node: number, number: number, reading: object, proof: string[]): Promise<boolean> {
      return Boolean((await ledgerView("verifyReading", node, number, reading, proof))[0]);
    },

    /** A meter's registration: its node, 0 when it was never admitted. */
    async registration(meterId: string): Promise<Registration> {
      // The cast: the struct as the ABI names it.
      const meter = (await registryView("meter", meterId))[0] as Record<"node" | "kind" | "active" | "ratedPowerW" | "admission", bigint | boolean>;
      const kind = METER_KINDS[Number(meter.kind)];
      if (kind === undefined) throw new Error(`ledger: the registry has a meter of kind ${meter.kind}, which this gateway does not know`);
      return { node: Number(meter.node), kind, active: Boolean(meter.active), ratedPowerW: Number(meter.ratedPowerW), admission: Number(meter.admission) };
    },

    /** A meter for which a node may report, with its newest checkpoint; null when it may not. */
    async meterOf(node: number, meterId: string): Promise<ChainMeter | null> {
      const registered = await this.registration(meterId);
      if (registered.node !== node || !registered.active) return null;
      // The cast: the struct as the ABI names it.
      const state = (await ledgerView("meterState", meterId))[0] as Record<"admission" | "slot" | "importMwh" | "exportMwh", bigint>;
      return {
        ratedPowerW: registered.ratedPowerW,
        slot: state.admission === 0n ? null : Number(state.slot),
        counters:
          Number(state.admission) === registered.admission
            ? { importMwh: Number(state.importMwh), exportMwh: Number(state.exportMwh) }
            : null,
      };
    },

    async nodeCount(): Promise<number> {
      return Number((await registryView("nodeCount"))[0]);
    },

    /**
     * Events of both contracts in a range of blocks, both ends included, in order. The checkpoints in a `BatchCommitted` follow it, each as
     * a `CheckpointRecorded` with `meterId`, `slot`, `importMwh` and `exportMwh`.
     */
    async events(fromBlock: number, toBlock: number): Promise<ChainEvent[]> {
      const logs = await ask(provider.getLogs({ address: [ledger, registry], fromBlock, toBlock }));
      return logs.flatMap((log) => {
        const event: LogDescription | null = ledgerInterface.parseLog(log) ?? registryInterface.parseLog(log);
        if (event === null) return [];
        const place = { blockNumber: log.blockNumber, transactionHash: log.transactionHash };
        const packed = event.name === "BatchCommitted" ? String(event.args["checkpoints"]) : "0x";
        const recorded = unpackCheckpoints(packed).map((checkpoint) => ({
          name: "CheckpointRecorded",
          args: Result.fromItems(Object.values(checkpoint), Object.keys(checkpoint)),
          ...place,
        }));
        return [{ name: event.name, args: event.args, ...place }, ...recorded];
      });
    },
  };
}
