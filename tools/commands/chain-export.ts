/**
 * `daisee chain export`: what a joining node needs, and nothing secret.
 * @module
 */
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { defineCommand } from "citty";
import { nodeEngine } from "#chain/engines/engines.ts";
import { createFolder } from "#chain/files.ts";
import { readNodeFolder } from "#chain/node/folder.ts";
import { COMMON_ARGUMENTS } from "../arguments.ts";

export const exportChain = defineCommand({
  meta: { name: "export", description: "Write the files for a joining node into a new folder. Example: daisee chain export --folder village/anna --to for-dora" },
  args: {
    folder: { type: "string", description: "A node's folder", valueHint: "folder", required: true },
    to: { type: "string", description: "A new folder", valueHint: "folder", required: true },
    json: { type: "boolean", description: "Print what was written as JSON", default: false },
    ...COMMON_ARGUMENTS,
  },
  async run({ args }) {
    const { description, node } = await readNodeFolder(args.folder);
    const { files, genesisPath } = nodeEngine(description.engine).files(description, node);
    const to = resolve(args.to);
    await createFolder(to, async (part) => {
      await writeFile(join(part, "chain.json"), `${JSON.stringify(description, null, 2)}\n`);
      await writeFile(join(part, genesisPath), files[genesisPath] ?? "");
    });
    if (args.json) {
      console.log(JSON.stringify({ folder: to, files: ["chain.json", genesisPath] }, null, 2));
      return;
    }
    console.log(`✔ ${to}: chain.json and ${genesisPath}, no keys.`);
    console.log(`Next, on the joining machine: daisee chain init --folder … --join ${join(to, "chain.json")} --validators name=address`);
  },
});
