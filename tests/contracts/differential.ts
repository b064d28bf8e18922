/**
 * Runs the contract's clearing beside the gateway's, many slots in a call. For the tests and the benchmark.
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import { isError, type JsonRpcProvider, type Result } from "ethers";
import { ROW_WORDS, packPlaces, packRow, unpackTrades } from "#contracts/settlement.ts";
import { clearSlot, clearingOrders } from "#gateway/market/clear.ts";
import type { Funded, Funds } from "#gateway/market/fund.ts";
import type { Clearing, Member, Rules } from "#gateway/market/member.ts";
import { readHarness } from "./harness/harness.ts";

export interface RandomSlot {
  rules: Rules;
  members: Member[];
}

/** A slot that the two cleared differently. */
export interface Difference extends RandomSlot {
  expected: Clearing;
  actual: Clearing;
}

export type Differential = Awaited<ReturnType<typeof createDifferential>>;

/** Slots in one call: an eth_call has a block's gas. */
const SLOTS_PER_CALL = 25;
/** No chain uses it. */
const HARNESS = "0x00000000000000000000000000000000000c1ea2";

const abiSlot = ({ rules, members }: RandomSlot, asks: number[], bids: number[]): unknown[] => [
  rules.slot,
  rules.importPrice,
  rules.exportPrice,
  rules.complete,
  Math.max(0, ...members.map(({ node }) => node)),
  members.flatMap((member, place) => packRow({ ...member, preferred: [...member.preferred], prepaid: false }, place)),
  packPlaces(asks),
  packPlaces(bids),
];
/** A word of each row, signed. */
const column = (table: Result, word: number): bigint[] =>
  [...table].filter((_, i) => i % ROW_WORDS === word).map((value) => BigInt.asIntN(256, BigInt(value)));
/** Of a row in which balance and amount are all that counts. */
const BALANCE = 2;
const AMOUNT = 3;

/** @param provider of an anvil; destroyed at the end */
export async function createDifferential(provider: JsonRpcProvider) {
  const { deployedBytecode, abi } = readHarness("ClearingHarness");
  await provider.send("anvil_setCode", [HARNESS, deployedBytecode]);

  async function call(name: string, values: unknown[]): Promise<Result> {
    return abi.decodeFunctionResult(name, await provider.call({ to: HARNESS, data: abi.encodeFunctionData(name, values) }));
  }

  return {
    close: () => provider.destroy(),

    /** Clears slots with both. @returns those that came out differently. */
    async compareSlots(slots: RandomSlot[]): Promise<Difference[]> {
      const differences: Difference[] = [];
      for (let at = 0; at < slots.length; at += SLOTS_PER_CALL) {
        const some = slots.slice(at, at + SLOTS_PER_CALL);
        const inputs = some.map((slot) => {
          const { asks, bids } = clearingOrders(slot.rules, slot.members);
          return abiSlot(slot, asks, bids);
        });
        // The cast: the results as the ABI names them.
        const [results] = (await call("clear", [inputs])) as unknown as [{ table: Result; trades: string }[]];
        for (const [i, slot] of some.entries()) {
          const expected = clearSlot(slot.rules, slot.members);
          const result = results[i];
          if (result === undefined) throw new Error("the harness left out a slot");
          const actual = { trades: unpackTrades(result.trades), amounts: column(result.table, AMOUNT) };
          if (!isDeepStrictEqual(actual, expected)) differences.push({ ...slot, expected, actual });
        }
      }
      return differences;
    },

    /** The error with which the contract refuses lists; empty when it takes them. */
    async refusal(rules: Rules, members: Member[], asks: number[], bids: number[]): Promise<string> {
      try {
        await call("clear", [[abiSlot({ rules, members }, asks, bids)]]);
        return "";
      } catch (error) {
        if (!isError(error, "CALL_EXCEPTION")) throw error;
        return abi.parseError(error.data ?? "0x")?.name ?? "";
      }
    },

    /** What the contract makes of balances. */
    async fund(cases: (Funds & { changes: bigint[] })[]): Promise<Funded[]> {
      const unsigned = (value: bigint): bigint => BigInt.asUintN(256, value);
      const inputs = cases.map(({ balances, changes, pool }) => {
        const table = balances.flatMap((balance, i) => [0n, 0n, unsigned(balance), unsigned(changes[i] ?? 0n), 0n, 0n]);
        return [table, pool];
      });
      // The cast: the results as the ABI names them.
      const [results] = (await call("fund", [inputs])) as unknown as [{ table: Result; pool: bigint; isShort: boolean }[]];
      return results.map(({ table, pool, isShort }) => ({
        balances: column(table, BALANCE),
        pool,
        dues: column(table, AMOUNT).map((due) => (isShort ? due : 0n)),
      }));
    },

    /** What the contract tolerates, and whether both ends agree in its eyes. */
    async compareEnds(ends: { importedMwh: number; exportedMwh: number; lossPermille: number; slackMwh: number }): Promise<unknown[]> {
      return (await call("compare", [ends.importedMwh, ends.exportedMwh, ends.lossPermille, ends.slackMwh])).toArray();
    },
  };
}
