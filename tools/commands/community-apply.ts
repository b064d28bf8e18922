/**
 * `daisee community apply`: what a household sends to its community, written from what its gateway knows.
 * @module
 */
import { writeFile } from "node:fs/promises";
import { defineCommand } from "citty";
import { bodyOf } from "#gateway/api/client.ts";
import { COMMON_ARGUMENTS } from "../arguments.ts";
import type { Application } from "../community/application.ts";
import { connectGateway, GATEWAY_ARGUMENT } from "../gateway/connect.ts";

export const apply = defineCommand({
  meta: { name: "apply", description: "Write this home's address and meters to a file for the community; no secret is in it. Example: daisee community apply miller.json" },
  args: {
    file: { type: "positional", description: "The file to write", required: true },
    ...GATEWAY_ARGUMENT,
    json: { type: "boolean", description: "Print what was written as JSON", default: false },
    ...COMMON_ARGUMENTS,
  },
  async run({ args }) {
    const client = await connectGateway(args.gateway);
    const [{ address, name }, { items }] = await Promise.all([bodyOf(client.node.$get()), bodyOf(client.meters.$get())]);
    const meters = items.map(({ boardId, kind, meter, ratedPowerW }) => ({ boardId, meter, kind, ratedPowerW }));
    if (meters.length === 0) throw new Error('this home has no meter yet: run "daisee board flash" first');
    const application: Application = { version: 1, name, gatewayKey: address, meters };
    await writeFile(args.file, `${JSON.stringify(application, null, 2)}\n`);
    if (args.json) console.log(JSON.stringify(application, null, 2));
    else console.log(`${args.file}: ${name} and its ${meters.length} meters. Next: send it to your community, which runs "daisee community admit ${args.file}".`);
  },
});
