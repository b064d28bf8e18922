/**
 * `daisee community fund`: lets a home trade, by the treasurer's key.
 * @module
 */
import { defineCommand } from "citty";
import { fundHome } from "#chain/fund.ts";
import { integerOption, numberOption } from "../arguments.ts";
import { homeOf, requireRole, withRegistry } from "../community/registry.ts";
import { CHAIN_ARGUMENTS, communityChain, communityKey, KEY_ARGUMENTS } from "./community-options.ts";

export const fund = defineCommand({
  meta: { name: "fund", description: "Enrol a home at the exchange, and give it its first coins where it has none. Example: daisee community fund 3 --coins 50" },
  args: {
    node: { type: "positional", description: "The home's number", required: true },
    ...CHAIN_ARGUMENTS,
    ...KEY_ARGUMENTS,
    coins: { type: "string", description: "How many", valueHint: "coins", default: "100" },
  },
  async run({ args }) {
    const node = integerOption("node", args.node, 1, 2 ** 32 - 1);
    const amount = BigInt(Math.round(numberOption("coins", args.coins, 0, 1_000_000) * 1_000_000));
    const chain = await communityChain(args);
    const treasurer = await communityKey(args);
    await withRegistry(chain, async (registry) => {
      await requireRole(registry, treasurer, "treasurer");
      await homeOf(registry, node);
    });
    await fundHome({ ...chain, node, treasurer, amount });
    console.log(args.json ? JSON.stringify({ node, enrolled: true }) : `✔ node ${node} trades: enrolled, and given its coins where it had none and owed none.`);
  },
});
