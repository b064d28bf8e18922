/**
 * `daisee setup`: a gateway from nothing.
 * @module
 */
import { writeFile } from "node:fs/promises";
import { networkInterfaces, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defineCommand } from "citty";
import { COMMON_ARGUMENTS, integerOption } from "../arguments.ts";
import { UsageError } from "../errors.ts";
import { askPassword, askText, readSecretFile } from "../prompts.ts";
import { tryGateway } from "../setup/health.ts";
import { setUp } from "../setup/set-up.ts";
import { gatewayUnit } from "../setup/unit.ts";

const MIN_PASSWORD = 10;
const COMMAND = fileURLToPath(new URL("../daisee.mjs", import.meta.url));

function isOwnAddress(address: string): boolean {
  return Object.values(networkInterfaces()).some((all) => (all ?? []).some((one) => one.address === address));
}

export const setup = defineCommand({
  meta: {
    name: "setup",
    description: "Set a gateway up from nothing; running it again finishes what is missing. Example: daisee setup --data ~/daisee --deployment community.json --name Miller",
  },
  args: {
    data: { type: "string", description: "Folder for everything that the gateway keeps", valueHint: "folder", required: true },
    deployment: { type: "string", description: "The community's deployment record", valueHint: "file" },
    rpc: { type: "string", description: "The chain's node on this machine", valueHint: "url", default: "http://127.0.0.1:9545" },
    finality: { type: "string", description: 'Blocks until a transaction is final, as "daisee chain status" tells', valueHint: "blocks", default: "1" },
    name: { type: "string", description: "What to call this home; asked for when it is not given" },
    role: { type: "string", description: "consumer or producer", default: "consumer" },
    lan: { type: "string", description: "This machine's address in the LAN, to be reached from there (default: loopback only)", valueHint: "ip" },
    port: { type: "string", description: "Of the dashboard", valueHint: "port", default: "8470" },
    coapPort: { type: "string", description: "UDP port of the boards", valueHint: "port", default: "5683" },
    account: { type: "string", description: "Name of the first account; asked for when it is not given" },
    passwordFile: { type: "string", description: "File (mode 0600) with its password, instead of being asked", valueHint: "file" },
    user: { type: "string", description: "The service's user", default: userInfo().username },
    json: { type: "boolean", description: "Print the result as JSON", default: false },
    ...COMMON_ARGUMENTS,
  },
  async run({ args }) {
    const { role } = args;
    if (role !== "consumer" && role !== "producer") throw new UsageError(`--role takes consumer or producer, not "${role}".`);
    if (args.lan !== undefined && !isOwnAddress(args.lan)) throw new UsageError(`--lan: ${args.lan} is no address of this machine.`);
    const dataDir = resolve(args.data);
    const name = args.name ?? (await askText("What shall this home be called?", "--name"));
    const { address, config, made, node } = await setUp({
      dataDir,
      name,
      role,
      rpcUrl: args.rpc,
      finalityDepth: integerOption("finality", args.finality, 1, 1000),
      ...(args.deployment !== undefined && { deploymentPath: args.deployment }),
      lan: args.lan ?? null,
      httpPort: integerOption("port", args.port, 1, 65_535),
      coapPort: integerOption("coap-port", args.coapPort, 1, 65_535),
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      account: async () => {
        const account = args.account ?? (await askText("Name of the first account", "--account"));
        const password = args.passwordFile === undefined ? await askPassword(`Its password, ${MIN_PASSWORD} characters or more`, "--password-file") : await readSecretFile(args.passwordFile);
        if (password.length < MIN_PASSWORD) throw new UsageError(`the password needs ${MIN_PASSWORD} characters or more; a few words are good.`);
        return { name: account, password };
      },
    });
    const unitPath = join(dataDir, "daisee-gateway.service");
    await writeFile(unitPath, gatewayUnit({ dataDir, command: COMMAND, user: args.user, passwordPath: null }));
    if (config !== null) await tryGateway(dataDir);

    if (args.json) {
      console.log(JSON.stringify({ dataDir, address, node, made, ready: config !== null, unit: unitPath }, null, 2));
      return;
    }
    console.log(made.length === 0 ? "All was there already." : `Made: ${made.join(", ")}.`);
    console.log(`This gateway's address: ${address}`);
    if (config === null) {
      console.log("Next: give that address to your community, which admits it as a gateway; see that the chain's node runs; then run the same command again.");
      return;
    }
    console.log(`Node ${config.node.id}, ${config.node.name}: it started and answered.`);
    console.log(`Next: sudo cp ${unitPath} /etc/systemd/system/ && sudo systemctl enable --now daisee-gateway`);
    console.log(`Then: http://${args.lan ?? "127.0.0.1"}:${config.http.port}/ , and "daisee board flash" for each board.`);
  },
});
