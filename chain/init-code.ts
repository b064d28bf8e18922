/**
 * The code that creates each contract: what the compiler made, and the constructor's values.
 * @module
 */
import { Interface, concat, type InterfaceAbi } from "ethers";
import { readArtifact, type ContractName } from "#contracts/artifact.ts";
import type { ContractKey, Deployment } from "./record.ts";

export interface PlannedContract {
  key: ContractKey;
  address: string;
  /** 0x hex. */
  code: string;
}

/** Codes of all contracts, in the order in which they are created. */
export function initCodes(
  { community, coinCap, slotSeconds, terms }: Pick<Deployment, "community" | "coinCap" | "slotSeconds" | "terms">,
  addresses: Record<ContractKey, string>,
): PlannedContract[] {
  const { meterRegistry, daiseeCoin, energyLedger } = addresses;
  const planned = (key: ContractKey, name: ContractName, values: unknown[]): PlannedContract => ({
    key,
    address: addresses[key],
    code: codeOf(name, values),
  });
  return [
    planned("meterRegistry", "MeterRegistry", [community]),
    planned("daiseeCoin", "DaiseeCoin", [meterRegistry, coinCap]),
    planned("energyLedger", "EnergyLedger", [meterRegistry, slotSeconds]),
    planned("energyExchange", "EnergyExchange", [daiseeCoin, energyLedger, { since: 0, ...terms }]),
  ];
}

function codeOf(name: ContractName, values: unknown[]): string {
  const { abi, bytecode } = readArtifact(name);
  // The cast: the artifact's ABI is the compiler's.
  return concat([bytecode, new Interface(abi as InterfaceAbi).encodeDeploy(values)]);
}
