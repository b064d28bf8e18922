/**
 * `daisee key rotate`: gives a gateway a new key under its old password, and names it in the community's registry where that one's key is
 * at hand.
 * @module
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { defineCommand } from "citty";
import { readGatewayConfig } from "#gateway/config.ts";
import type { GatewayConfig } from "#gateway/config.ts";
import { nodePassword, PASSWORD_CREDENTIAL, replaceNodeKey } from "#gateway/ledger/node-key.ts";
import { gatewayPaths } from "#gateway/setup.ts";
import { COMMON_ARGUMENTS } from "../arguments.ts";
import { replaceGateway, requireRole, withRegistry } from "../community/registry.ts";
import { askPassword } from "../prompts.ts";
import { communityChain, communityKey } from "./community-options.ts";

/** The password as the gateway itself finds it, or else by asking. */
async function passwordFor(passwordPath: string): Promise<{ password: string; from: string }> {
  const credentials = process.env["CREDENTIALS_DIRECTORY"];
  const isKept = existsSync(passwordPath) || (credentials !== undefined && existsSync(join(credentials, PASSWORD_CREDENTIAL)));
  if (!isKept) return { password: await askPassword("Password of the gateway's key", "--password-file"), from: "what was typed" };
  return { password: await nodePassword(passwordPath, credentials), from: passwordPath };
}

interface AdmitOptions {
  config: GatewayConfig;
  dataDir: string;
  /** The community's. */
  keystore: string;
  passwordFile?: string | undefined;
}

/** Lets the new key report for the node. */
async function admit(address: string, options: AdmitOptions): Promise<void> {
  const { config, dataDir, keystore, passwordFile } = options;
  const chain = await communityChain({ rpc: config.chain.rpcUrl, deployment: resolve(dataDir, config.chain.deploymentPath) });
  const registrar = await communityKey({ keystore, passwordFile });
  await withRegistry(chain, async (registry) => {
    await requireRole(registry, registrar, "registrar");
    await replaceGateway(registry, registrar, config.node.id, address);
  });
}

export const keyRotate = defineCommand({
  meta: {
    name: "rotate",
    description: "Give a gateway a new key; what it signed stays provable. Example: daisee key rotate --data ~/daisee",
  },
  args: {
    data: { type: "string", description: "The gateway's data folder", valueHint: "folder", required: true },
    passwordFile: { type: "string", description: "File (mode 0600) with the key's password; default: the gateway's own, or it is asked for", valueHint: "file" },
    keystore: { type: "string", description: "The community's key, where it is at hand: the new key is named in the registry at once", valueHint: "file" },
    keystorePasswordFile: { type: "string", description: "File (mode 0600) with that one's password, instead of being asked", valueHint: "file" },
    json: { type: "boolean", description: "Print the result as JSON", default: false },
    ...COMMON_ARGUMENTS,
  },
  async run({ args }) {
    const dataDir = resolve(args.data);
    const config = await readGatewayConfig(dataDir);
    const { path, passwordPath } = gatewayPaths(dataDir).keystore;
    const { old, fresh } = await replaceNodeKey(path, await passwordFor(args.passwordFile ?? passwordPath));
    const { keystore, keystorePasswordFile } = args;
    const next = `daisee community replace-gateway ${config.node.id} ${fresh}`;
    if (keystore !== undefined) {
      await admit(fresh, { config, dataDir, keystore, passwordFile: keystorePasswordFile }).catch((cause: unknown) => {
        throw new Error(`the new key ${fresh} is made, but the registry does not name it: have the community run "${next}"`, { cause });
      });
    }
    if (args.json) {
      console.log(JSON.stringify({ node: config.node.id, old, address: fresh, admitted: keystore !== undefined }));
      return;
    }
    console.log(`This gateway's new address: ${fresh} (it was ${old}, whose key is kept beside it for what it signed)`);
    if (keystore === undefined) console.log(`Next: the community runs "${next}". Until then batches and orders wait; nothing is lost.`);
    else console.log(`The community's registry names it for node ${config.node.id}.`);
    console.log("Then start the gateway again: it goes on with the new key.");
  },
});
