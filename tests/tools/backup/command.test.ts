/**
 * @module
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeGatewayConfig } from "#gateway/config.ts";
import { gatewayPaths } from "#gateway/setup.ts";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";
import { daisee } from "../in-process.ts";

describe("daisee backup and restore", function () {

  it("take a running gateway's store into one file and back, and say what is not in it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "daisee-backup-cli-"));
    const data = join(folder, "home");
    const file = join(folder, "home.daisee");
    try {
      const paths = gatewayPaths(folder);
      await writeFile(paths.keystore.path, "{}");
      await writeFile(paths.keystore.passwordPath, "secret of the keystore", { mode: 0o600 });
      await writeFile(paths.boardsKey, randomBytes(32), { mode: 0o600 });
      await writeGatewayConfig(folder, {
        version: 1,
        node: { id: 7, name: "Home 7", role: "producer" },
        http: { host: "127.0.0.1", port: 0 },
        coap: { host: "127.0.0.1", port: 0 },
        chain: { rpcUrl: "http://127.0.0.1:9545", deploymentPath: "deployment.json", finalityDepth: 3 },
        slotMs: 900_000,
        boards: [],
      });
      const store = await openSqliteStore(paths.store);
      const taken = await daisee("backup", file, "--data", folder);
      await store.close();
      assert.equal(taken.code, 0, taken.stderr);
      assert.match(taken.stdout, /store of Home 7.*boards\.key\.sealed, gateway\.json, keystore\.json/);
      assert.match(taken.stdout, /Not in it: the deployment record/);
      assert.match(taken.stdout, /password is not in it.*keep the password elsewhere/);
      assert.doesNotMatch(taken.stdout + taken.stderr, /secret of the keystore/);

      const again = await daisee("backup", file, "--data", folder);
      assert.deepEqual([again.code, again.stderr.trim().split("\n").length], [1, 1]);
      assert.match(again.stderr, /exists already; name another/);

      const restored = await daisee("restore", file, "--data", data, "--password-file", paths.keystore.passwordPath);
      assert.equal(restored.code, 0, restored.stderr);
      assert.match(restored.stdout, /every table and file is as it was backed up[^]*daisee gateway --data/);
      assert.deepEqual(await readFile(gatewayPaths(data).boardsKey), await readFile(paths.boardsKey));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
