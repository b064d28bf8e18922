/**
 * One of our contracts on a chain: read, and changed by transactions whose refusal says why.
 * @module
 */
import { Interface, type InterfaceAbi, type JsonRpcProvider, type Result, type Signer } from "ethers";
import { transact } from "./transact.ts";

/** Gas limit of a change; none of ours comes near it. */
const CHANGE_GAS = 500_000;

export interface ContractOptions {
  provider: JsonRpcProvider;
  /** The contract's name, for messages. */
  name: string;
  address: string;
  abi: readonly unknown[];
}

export interface OurContract {
  readonly address: string;
  /** What a view returns: its only value, or all of them. */
  read(name: string, values: unknown[]): Promise<unknown>;
  /**
   * Sends a transaction and waits for its block. One at a time for each signer.
   * @throws Error with the contract's reason when it refuses
   */
  change(signer: Signer, name: string, values: unknown[]): Promise<void>;
}

/** A contract at an address. */
export function contractAt({ provider, name: contract, address, abi }: ContractOptions): OurContract {
  // The cast: ethers takes no readonly tuples, but changes nothing in them.
  const types = new Interface([...abi] as InterfaceAbi);
  const call = async (name: string, values: unknown[], from?: string): Promise<Result> => {
    const data = types.encodeFunctionData(name, values);
    const result = await provider.call({ to: address, data, ...(from !== undefined && { from }) }).catch((error: unknown) => explain(name, error));
    return types.decodeFunctionResult(name, result);
  };
  const explain = (name: string, error: unknown): never => {
    const data = error instanceof Error && "data" in error && typeof error.data === "string" ? error.data : "0x";
    const reason = types.parseError(data);
    if (reason === null) throw error;
    throw new Error(`${contract}.${name} refuses: ${reason.name}(${reason.args.join(", ")})`, { cause: error });
  };
  return {
    address,
    read: async (name, values) => {
      const result = await call(name, values);
      return result.length === 1 ? result[0] : result;
    },
    change: async (signer, name, values) => {
      // Tried as a call first, because only a call tells why the contract refuses.
      await call(name, values, await signer.getAddress());
      await transact({ provider, signer, to: address, data: types.encodeFunctionData(name, values), gasLimit: CHANGE_GAS });
    },
  };
}
