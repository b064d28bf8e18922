/**
 * `daisee community admit`: lets a home and its meters into the community, by the registrar's key.
 * @module
 */
import { defineCommand } from "citty";
import { admitHome } from "#chain/admit.ts";
import { readApplication } from "../community/application.ts";
import { requireRole, withRegistry } from "../community/registry.ts";
import { CHAIN_ARGUMENTS, communityChain, communityKey, KEY_ARGUMENTS } from "./community-options.ts";

export const admit = defineCommand({
  meta: {
    name: "admit",
    description:
      "Admit a home by its gateway's address, or with its meters by the file that it wrote; what is admitted stays. Examples: daisee community admit 0x52908400098527886E0F7030069857D2E4169EE7; daisee community admit miller.json",
  },
  args: {
    home: { type: "positional", description: 'A gateway\'s address, or the file of "daisee community apply"', required: true },
    ...CHAIN_ARGUMENTS,
    ...KEY_ARGUMENTS,
  },
  async run({ args }) {
    const { account, gatewayKey, meters, name } = await readApplication(args.home);
    const chain = await communityChain(args);
    const registrar = await communityKey(args);
    await withRegistry(chain, (registry) => requireRole(registry, registrar, "registrar"));
    const tell = (text: string): void => {
      if (!args.json) console.log(`✔ ${text}`);
    };
    const home = { ...chain, registrar, account: account ?? gatewayKey, gatewayKey };
    const node = await admitHome({ ...home, meters: [] });
    tell(`${name} is node ${node}`);
    // One by one, so that progress is seen; those before a refusal stay admitted.
    for (const meter of meters) {
      await admitHome({ ...home, meters: [meter] });
      tell(`meter ${meter.boardId}-${meter.meter}: ${meter.kind}, ${meter.ratedPowerW} W`);
    }
    if (args.json) console.log(JSON.stringify({ node, gatewayKey, account: home.account, meters }, null, 2));
    else if (meters.length === 0) console.log('Next: the household runs "daisee setup" again, flashes its boards, and sends what "daisee community apply" writes.');
    else console.log(`Next: "daisee community fund ${node}" lets it trade.`);
  },
});
