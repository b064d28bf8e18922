/**
 * Errors of the chain in plain words: what a node or contract answered, or why none answered.
 * @module
 */
import { Interface, isCallException, isError } from "ethers";
import { daiseeCoinAbi, energyExchangeAbi, energyLedgerAbi, meterRegistryAbi } from "#contracts/dist/abi.ts";

/** The contract would refuse, or refused, a call. Nothing is lost: the call can be made again when the cause is gone. */
export class ContractRefusal extends Error {
  override readonly name = "ContractRefusal";
  /** Name of the contract's error, where the contract said one. */
  readonly reason: string | null;

  constructor(message: string, options: ErrorOptions & { reason?: string | null } = {}) {
    super(message, options);
    this.reason = options.reason ?? null;
  }
}

/** The chain's node answered that it does not take a transaction. */
export class BroadcastRefusal extends Error {
  override readonly name = "BroadcastRefusal";
}

const interfaces = [energyLedgerAbi, meterRegistryAbi, energyExchangeAbi, daiseeCoinAbi].map((abi) => new Interface(abi));

/** What the refusals that a household can meet mean for it. */
const ADVICE: Record<string, string> = {
  EnforcedPause: "the community has paused the contract; what is meant for it waits until it goes on",
  UnknownGateway: "this gateway's key reports for no active node; the community must admit it",
  ForeignMeter: "the meter is admitted for another node; the community must correct the registry",
  RetiredMeter: "the meter is retired; the community must admit it again",
  SlotNotEnded: "the chain's clock is behind; the batch waits",
  OrderPending: "it was changed in a slot that is not cleared yet; the change is made once that slot is",
  NotOfNode: "this key may not do that for the node; the community must admit it, or the member's own account must do it",
  NotEnrolled: "the home is not enrolled at the exchange; that takes an admitted meter on the bus",
  InvalidPreferred: "name each seller once, and not this home",
  InsufficientFunds: "take no more than what is free",
  ERC20InsufficientBalance: "the gateway's address holds fewer coins than that",
};

/** Name of the contract's error in a revert's data; null when it is of no contract of ours. */
export function revertName(data: string | null | undefined): string | null {
  if (data === null || data === undefined) return null;
  for (const contract of interfaces) {
    const error = contract.parseError(data);
    if (error !== null) return error.name;
  }
  return null;
}

/** A revert's data in words: the contract's error with its arguments, and advice where there is some. */
export function describeRevert(data: string | null | undefined): string {
  if (data === null || data === undefined || data === "0x") return "the contract gave no reason (wrong address, or out of gas)";
  for (const contract of interfaces) {
    const error = contract.parseError(data);
    if (error === null) continue;
    const values = error.fragment.inputs.map((input, index) => `${input.name} ${String(error.args[index])}`).join(", ");
    const shown = values === "" ? error.name : `${error.name} (${values})`;
    const advice = ADVICE[error.name];
    return advice === undefined ? shown : `${shown}: ${advice}`;
  }
  return `unknown error ${data.slice(0, 10)}`;
}

function nested(error: unknown, ...path: string[]): unknown {
  let value = error;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    // The cast: any object may be asked for any key, and gives undefined.
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** The message of a JSON-RPC error that the chain's node answered; null when the error is of another kind, as when nothing answered. */
export function answeredMessage(error: unknown): string | null {
  for (const path of [["error", "message"], ["info", "error", "message"]]) {
    const message = nested(error, ...path);
    if (typeof message === "string") return message;
  }
  return null;
}

/** Whether a broadcast's error only says that the node has this very transaction, or mined one with its nonce: the receipt will tell. */
export function isKnownTransaction(error: unknown): boolean {
  const message = answeredMessage(error) ?? "";
  // geth: "already known"; Besu: "Known transaction"; Nethermind: "AlreadyKnown"; anvil: "transaction already imported".
  return isError(error, "NONCE_EXPIRED") || /already ?known|known transaction|already imported|nonce too low/i.test(message);
}

/** Whether a node that has just started says that it does not find a transaction yet: geth, "transaction indexing is in progress". */
export function isIndexing(error: unknown): boolean {
  return /indexing is in progress/i.test(answeredMessage(error) ?? "");
}

/** One line for a person, whatever was thrown. */
export function describeError(error: unknown): string {
  if (error instanceof ContractRefusal || error instanceof BroadcastRefusal) return error.message;
  if (isCallException(error)) return `the contract refuses: ${describeRevert(error.data)}`;
  if (isIndexing(error)) return "the chain's node has just started and still indexes its transactions: what waits goes on when it is done";
  const answer = answeredMessage(error);
  if (answer !== null) return `the chain answers: ${answer}`;
  const code = nested(error, "code");
  if (code === "TIMEOUT") return "the chain does not answer in time";
  if (typeof code === "string" && /^E[A-Z]+$|^SERVER_ERROR$|^NETWORK_ERROR$/.test(code)) return `the chain cannot be reached (${code})`;
  return error instanceof Error ? error.message : String(error);
}
