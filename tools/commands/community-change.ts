/**
 * `daisee community retire`, `replace-meter`, `replace-gateway`: what changes after a home was admitted, by the registrar's key.
 * @module
 */
import { defineCommand } from "citty";
import type { Signer } from "ethers";
import type { OurContract } from "#chain/contract.ts";
import { integerOption } from "../arguments.ts";
import { replaceGateway, replaceMeter, requireRole, retireHome, retireMeter, withRegistry } from "../community/registry.ts";
import { UsageError } from "../errors.ts";
import { askConfirm } from "../prompts.ts";
import { addressOption, CHAIN_ARGUMENTS, communityChain, communityKey, KEY_ARGUMENTS, meterName, meterOption } from "./community-options.ts";

const ARGUMENTS = { ...CHAIN_ARGUMENTS, ...KEY_ARGUMENTS } as const;

interface Arguments {
  rpc: string;
  deployment: string;
  keystore: string;
  passwordFile?: string | undefined;
  json: boolean;
}

/** Opens the key, makes the change, and says whether there was anything to change. */
async function change(args: Arguments, done: string, make: (registry: OurContract, registrar: Signer) => Promise<boolean>): Promise<void> {
  const chain = await communityChain(args);
  const registrar = await communityKey(args);
  const changed = await withRegistry(chain, async (registry) => {
    await requireRole(registry, registrar, "registrar");
    return make(registry, registrar);
  });
  if (args.json) console.log(JSON.stringify({ changed, text: done }));
  else console.log(changed ? `✔ ${done}` : `✔ ${done}: it was so already.`);
}

export const retire = defineCommand({
  meta: { name: "retire", description: "Retire a home for good, or one meter. Examples: daisee community retire 3 --yes; daisee community retire 24a160aabbcc-1" },
  args: {
    what: { type: "positional", description: "A home's number, or a meter as board-index", required: true },
    ...ARGUMENTS,
    yes: { type: "boolean", description: "Retire a home without being asked: it cannot come back under its number", default: false },
  },
  async run({ args }) {
    const meter = meterName(args.what);
    if (meter !== null) {
      await change(args, `meter ${args.what} is retired`, (registry, key) => retireMeter(registry, key, meter));
      return;
    }
    if (!/^\d+$/.test(args.what)) throw new UsageError(`"${args.what}" is neither a home's number nor a meter (board-index, as 24a160aabbcc-0).`);
    const node = integerOption("node", args.what, 1, 2 ** 32 - 1);
    if (!args.yes && !(await askConfirm(`Retire node ${node} for good?`, "--yes"))) return;
    await change(args, `node ${node} is retired`, (registry, key) => retireHome(registry, key, node));
  },
});

export const replaceMeterCommand = defineCommand({
  meta: { name: "replace-meter", description: "Put a new board's meter in an old one's place; the home's account goes on. Example: daisee community replace-meter 24a160aabbcc-1 24a160ddeeff-1" },
  args: {
    old: { type: "positional", description: "The meter that goes, as board-index", required: true },
    new: { type: "positional", description: "The meter that comes; the same one when it lost its counters", required: true },
    ...ARGUMENTS,
    rated: { type: "string", description: "Power that the circuit can carry now; default: as before", valueHint: "W" },
  },
  async run({ args }) {
    const [old, next] = [meterOption(args.old), meterOption(args.new)];
    const ratedPowerW = args.rated === undefined ? null : integerOption("rated", args.rated, 1, 1_000_000);
    await change(args, `meter ${args.new} counts in the place of ${args.old}`, (registry, key) => replaceMeter(registry, key, old, next, ratedPowerW));
  },
});

export const replaceGatewayCommand = defineCommand({
  meta: { name: "replace-gateway", description: "Let another key report for a home, as when its card was lost; the old one no longer does. Example: daisee community replace-gateway 3 0x52908400098527886E0F7030069857D2E4169EE7" },
  args: {
    node: { type: "positional", description: "The home's number", required: true },
    address: { type: "positional", description: 'The new gateway\'s address, as "daisee setup" prints it', required: true },
    ...ARGUMENTS,
  },
  async run({ args }) {
    const node = integerOption("node", args.node, 1, 2 ** 32 - 1);
    const address = addressOption(args.address);
    await change(args, `${address} reports for node ${node}`, (registry, key) => replaceGateway(registry, key, node, address));
  },
});
