/**
 * `daisee backup <file>`: a gateway's data folder in one file, while it runs.
 * @module
 */
import { defineCommand } from "citty";
import { COMMON_ARGUMENTS } from "../arguments.ts";
import { backUpHome } from "../backup/home.ts";

export const backup = defineCommand({
  meta: { name: "backup", description: "Back a gateway up into one file, while it runs. Example: daisee backup home.daisee --data .daisee/consumer/gateway" },
  args: {
    file: { type: "positional", description: "The file to write; it must not exist", required: true },
    data: { type: "string", description: "The gateway's data folder", valueHint: "folder", required: true },
    passwordFile: { type: "string", description: "File with the keystore's password, mode 0600 (default: password in the data folder)", valueHint: "file" },
    json: { type: "boolean", description: "Print the manifest as JSON", default: false },
    ...COMMON_ARGUMENTS,
  },
  async run({ args }) {
    const { manifest, missing } = await backUpHome({ dataDir: args.data, path: args.file, passwordPath: args.passwordFile, nowUtcMs: Date.now() });
    if (args.json) {
      console.log(JSON.stringify({ ...manifest, missing }, null, 2));
      return;
    }
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    console.log(`${args.file}: the store of ${manifest.node} (${rows} rows in ${manifest.tables.length} tables), ${manifest.files.map(({ name }) => name).join(", ")}.`);
    for (const one of missing) console.log(`! Not in it: ${one}.`);
    console.log("The keystore's password is not in it, and nothing in it opens without: keep the password elsewhere.");
  },
});
