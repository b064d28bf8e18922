/**
 * `daisee community list`: the homes that were admitted.
 * @module
 */
import { defineCommand } from "citty";
import { listHomes, withRegistry } from "../community/registry.ts";
import { CHAIN_ARGUMENTS, communityChain } from "./community-options.ts";

export const list = defineCommand({
  meta: { name: "list", description: "List the homes of the community, retired ones too. Example: daisee community list" },
  args: { ...CHAIN_ARGUMENTS },
  async run({ args }) {
    const homes = await withRegistry(await communityChain(args), listHomes);
    if (args.json) console.log(JSON.stringify(homes, null, 2));
    else if (homes.length === 0) console.log('No home yet: "daisee community admit" admits one.');
    else for (const { account, active, gatewayKey, node } of homes) console.log(`node ${node}  ${active ? "active " : "retired"}  gateway ${gatewayKey}  account ${account}`);
  },
});
