/**
 * `daisee community found`: the community's key, and its contracts on the chain. Running it again goes on where it stopped.
 * @module
 */
import { writeFile } from "node:fs/promises";
import { defineCommand } from "citty";
import { Wallet } from "ethers";
import { deployContracts } from "#chain/deploy.ts";
import { readIfThere } from "#chain/files.ts";
import { encryptKey } from "#chain/keystore.ts";
import { integerOption, numberOption } from "../arguments.ts";
import { reachChain } from "../community/registry.ts";
import { newPassword } from "./chain-password.ts";
import { CHAIN_ARGUMENTS, communityKey, KEY_ARGUMENTS } from "./community-options.ts";

/** Prices are in millionths of a coin per kWh on the chain. */
const price = (name: string, text: string): number => Math.round(numberOption(name, text, 0, 4000) * 1_000_000);

async function ensureKey(args: { keystore: string; passwordFile?: string | undefined }): Promise<Wallet> {
  if ((await readIfThere(args.keystore)) !== null) return communityKey(args);
  const password = await newPassword(args.passwordFile, "the community's key");
  const key = new Wallet(Wallet.createRandom().privateKey);
  await writeFile(args.keystore, `${await encryptKey(key, password)}\n`, { mode: 0o600, flag: "wx" });
  return key;
}

export const found = defineCommand({
  meta: {
    name: "found",
    description: "Found a community on its chain: make its key, put the contracts there, write the record that every home gets. Example: daisee community found --rpc http://127.0.0.1:8545",
  },
  args: {
    ...CHAIN_ARGUMENTS,
    ...KEY_ARGUMENTS,
    chainId: { type: "string", description: "EIP-155 chain id", valueHint: "number", default: String(0x2323) },
    slot: { type: "string", description: "Settlement interval", valueHint: "s", default: "900" },
    importPrice: { type: "string", description: "What energy costs that no neighbour sold, in coins per kWh", valueHint: "coins", default: "0.30" },
    exportPrice: { type: "string", description: "What energy brings that no neighbour bought, in coins per kWh", valueHint: "coins", default: "0.08" },
  },
  async run({ args }) {
    const chainId = integerOption("chain-id", args.chainId, 1, Number.MAX_SAFE_INTEGER);
    const slotSeconds = integerOption("slot", args.slot, 1, 86_400);
    const terms = { importPrice: price("import-price", args.importPrice), exportPrice: price("export-price", args.exportPrice) };
    // Before a key is made that nothing could use.
    await reachChain(args.rpc);
    const key = await ensureKey(args);
    const { contracts } = await deployContracts({ rpcUrl: args.rpc, chainId, deployer: key, community: key.address, slotSeconds, terms, recordPath: args.deployment });
    if (args.json) {
      console.log(JSON.stringify({ community: key.address, keystore: args.keystore, deployment: args.deployment, contracts }, null, 2));
      return;
    }
    for (const [name, { address }] of Object.entries(contracts)) console.log(`✔ ${name} ${address}`);
    console.log(`The community's key ${key.address} is in ${args.keystore} and holds every role: keep it and its password apart from each other.`);
    console.log(`Next: give ${args.deployment} to every home, for "daisee setup --deployment"; then "daisee community admit" with the address that setup prints.`);
  },
});
