/**
 * `daisee restore <file>`: a backup back into a data folder.
 * @module
 */
import { defineCommand } from "citty";
import { COMMON_ARGUMENTS } from "../arguments.ts";
import { restoreHome } from "../backup/home.ts";

export const restore = defineCommand({
  meta: { name: "restore", description: "Restore a backup into a gateway's data folder. Example: daisee restore home.daisee --data gateway --password-file password" },
  args: {
    file: { type: "positional", description: "The backup", required: true },
    data: { type: "string", description: "The data folder to restore into", valueHint: "folder", required: true },
    passwordFile: { type: "string", description: "File with the keystore's password, mode 0600 (default: password in the data folder)", valueHint: "file" },
    force: { type: "boolean", description: "Move what is there aside; it is not deleted", default: false },
    json: { type: "boolean", description: "Print the manifest as JSON", default: false },
    ...COMMON_ARGUMENTS,
  },
  async run({ args }) {
    const { data: dataDir, file: path, passwordFile: passwordPath, force } = args;
    const { manifest, movedTo } = await restoreHome({ dataDir, path, passwordPath, force, nowUtcMs: Date.now() });
    if (args.json) {
      console.log(JSON.stringify({ ...manifest, movedTo }, null, 2));
      return;
    }
    console.log(`Restored ${manifest.node} as of ${new Date(manifest.createdUtcMs).toISOString()} into ${dataDir}; every table and file is as it was backed up.`);
    if (movedTo !== null) console.log(`What was there is in ${movedTo}.`);
    console.log(`Start it with: daisee gateway --data ${dataDir}${passwordPath === undefined ? "" : ` --password-file ${passwordPath}`}`);
    console.log("If it committed batches after the backup, it says so, and keeps readings without committing them until a newer backup is restored.");
  },
});
